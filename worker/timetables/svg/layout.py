"""Where everything stands on the sheet, in millimetres: A3 landscape, taller only for more rows than it can hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from worker.plan.model import Window
from worker.times import PRAGUE

WIDTH, A3_HEIGHT, MARGIN = 420.0, 297.0, 8.0
TITLE, AXIS_LINE, TODAY, LEGEND_LINE, GAP = 9.0, 4.5, 4.2, 4.6, 2.5
LABELS = 96.0
LOWEST_ROW, HIGHEST_ROW, TWO_LINES_FROM = 2.95, 14.0, 7.0


@dataclass(frozen=True)
class Layout:
    """The sheet for a number of rows; `days` are those of the axis."""

    days: Window
    rows: int
    axis_lines: int
    legend_lines: int

    @property
    def left(self) -> float:
        """Where the axis begins."""
        return MARGIN + LABELS

    @property
    def right(self) -> float:
        return WIDTH - MARGIN

    @property
    def axis_top(self) -> float:
        return MARGIN + TITLE

    @property
    def axis_bottom(self) -> float:
        return self.axis_top + self.axis_lines * AXIS_LINE

    @property
    def top(self) -> float:
        """Where the first row begins."""
        return self.axis_bottom + TODAY

    @property
    def _below(self) -> float:
        return GAP + self.legend_lines * LEGEND_LINE + MARGIN

    @property
    def pitch(self) -> float:
        """The height of a row."""
        return min(HIGHEST_ROW, max(LOWEST_ROW, (A3_HEIGHT - self.top - self._below) / max(1, self.rows)))

    @property
    def bottom(self) -> float:
        """Where the last row ends."""
        return self.top + self.rows * self.pitch

    @property
    def height(self) -> float:
        """The sheet's."""
        return max(A3_HEIGHT, self.bottom + self._below)

    @property
    def legend_top(self) -> float:
        return self.bottom + GAP

    @property
    def two_lines(self) -> bool:
        """Whether a row has room for a second line of small letters."""
        return self.pitch >= TWO_LINES_FROM

    def x(self, day: date) -> float:
        """The beginning of a day, held inside the axis."""
        number = (self.days.end - self.days.start).days + 1
        share = (day - self.days.start).days / number
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def x_after(self, day: date) -> float:
        """The end of a day."""
        return self.x(day + timedelta(days=1))

    def x_of(self, instant: datetime) -> float:
        """An instant, held inside the axis; the day of a clock change is as long as any other."""
        local = instant.astimezone(PRAGUE)
        share = (local.hour * 60 + local.minute) / (24 * 60)
        start = self.x(local.date())
        return start + share * (self.x_after(local.date()) - start)
