"""The axis: years, quarters, months and weeks, as fine as the letters of their names allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from babel.dates import get_month_names

from worker.messages import language, say
from worker.plan.model import Window
from worker.timetables.svg.draw import INK, QUIET, SMALLEST, draw, text_width, write
from worker.timetables.svg.layout import AXIS_LINE, Layout

LETTERS = 2.9
MOST_LINES = 3
PADDING = 0.8


@dataclass(frozen=True)
class Level:
    """One line of the axis: how its units follow each other, how they are named, how strongly they are ruled.

    `names` are from the longest form to the shortest; all units of a line have the same form.
    """

    first: Callable[[date], date]
    following: Callable[[date], date]
    names: Callable[[date], tuple[str, ...]]
    days: int
    colour: str
    line: float
    by_first_day: bool = False
    """The name is that of its first day, and so stands there."""

    def units(self, days: Window) -> Iterator[tuple[date, date]]:
        """Each unit that touches `days`, as its first day and the first day after it."""
        start = self.first(days.start)
        while start <= days.end:
            after = self.following(start)
            yield start, after
            start = after


def _month_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _quarter(day: date) -> tuple[str, ...]:
    number = (day.month - 1) // 3 + 1
    return say("timetables.axis_quarter_year", number=number, year=day.year), say(
        "timetables.axis_quarter", number=number
    )


def _month(day: date) -> tuple[str, ...]:
    wide, short = (get_month_names(width, "stand-alone", language())[day.month] for width in ("wide", "abbreviated"))
    return f"{wide} {day.year}", wide, short.rstrip("."), str(day.month)


LEVELS = (
    Level(lambda day: date(day.year, 1, 1), lambda day: date(day.year + 1, 1, 1), lambda day: (str(day.year),), 365,
          "#6b7681", 0.4),
    Level(lambda day: date(day.year, (day.month - 1) // 3 * 3 + 1, 1), lambda day: _month_after(day, 3), _quarter, 91,
          "#b9c2cb", 0.25),
    Level(lambda day: day.replace(day=1), lambda day: _month_after(day, 1), _month, 30, "#c9d2da", 0.2),
    Level(lambda day: day - timedelta(days=day.weekday()), lambda day: day + timedelta(days=7),
          lambda day: (f"{day.day}. {day.month}.",), 7, "#dde3e8", 0.15, by_first_day=True),
)  # fmt: skip


def levels_for(days: Window, room: float) -> tuple[Level, ...]:
    """At most three lines: the finest whose shortest names fit, and the two above it."""
    per_day = room / ((days.end - days.start).days + 1)
    fine = [level for level in LEVELS if _widest(level, -1, SMALLEST) <= per_day * level.days]
    return tuple(fine[-MOST_LINES:]) or LEVELS[:1]


def draw_axis(parent: Element, layout: Layout, levels: tuple[Level, ...]) -> None:
    """The names above, and lines through all the rows. A screen reader hears the days with each occurrence instead."""
    group = draw(parent, "g", aria_hidden="true")
    per_day = (layout.right - layout.left) / ((layout.days.end - layout.days.start).days + 1)
    for number, level in reversed(list(enumerate(levels))):
        top, bold = layout.axis_top + number * AXIS_LINE, number == 0
        size = LETTERS if bold else SMALLEST
        forms = range(len(level.names(layout.days.start)))
        form = next((each for each in forms if _widest(level, each, size) <= per_day * level.days), forms[-1])
        for start, after in level.units(layout.days):
            left, right = layout.x(start), layout.x(after)
            line = f"M{right:.2f} {top:.2f}V{layout.bottom:.2f}"
            draw(group, "path", d=line, stroke=level.colour, stroke_width=level.line)
            name = level.names(start)[form]
            seen = not level.by_first_day or start in layout.days
            if seen and text_width(name, size, bold=bold) + PADDING <= right - left:
                fill = INK if bold else QUIET
                if level.by_first_day:
                    write(group, left + PADDING / 2, top + 3.3, name, size, fill=fill)
                else:
                    write(group, (left + right) / 2, top + 3.3, name, size, fill=fill, anchor="middle", bold=bold)
    frame = f"M{layout.left:.2f} {layout.axis_top:.2f}V{layout.bottom:.2f}H{layout.right:.2f}V{layout.axis_top:.2f}Z"
    draw(group, "path", d=frame, fill="none", stroke="#6b7681", stroke_width=0.3)


def _widest(level: Level, form: int, size: float) -> float:
    """Millimetres that the widest name of a year takes in that form, with air around it."""
    year = Window(date(2026, 1, 1), date(2026, 12, 31))
    return max(text_width(level.names(start)[form], size, bold=True) for start, _ in level.units(year)) + PADDING
