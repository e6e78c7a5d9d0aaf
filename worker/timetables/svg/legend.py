"""What the marks, bars and lines mean, for what the picture holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from worker.messages import say
from worker.store.states import OccurrenceState
from worker.timetables.content import Row
from worker.timetables.svg.draw import INK, draw, text_width, write
from worker.timetables.svg.layout import LEGEND_LINE, MARGIN, WIDTH
from worker.timetables.svg.marks import RED, draw_mark
from worker.timetables.svg.rows import BAR, BAR_EDGE, UNMET, draw_dotted

LETTERS = 2.6
SAMPLE, AFTER = 6.0, 5.0


@dataclass(frozen=True)
class Item:
    """A sample, drawn around a point, and its meaning."""

    words: str
    sample: Callable[[Element, float, float], None]

    @property
    def width(self) -> float:
        return SAMPLE + 1.2 + text_width(self.words, LETTERS) + AFTER


def items(rows: Sequence[Row]) -> list[Item]:
    """Only what is drawn, in the order of an occurrence's life."""
    entries = [entry for row in rows for entry in row.entries]
    found = []
    for state in OccurrenceState:
        firm = {not entry.assumed for entry in entries if entry.state == state}
        if state is OccurrenceState.PLANNED:
            if False in firm:
                found.append(Item(say("timetables.legend_assumed"), _mark(state, firm=False)))
            if True in firm:
                found.append(Item(say("timetables.legend_firm"), _mark(state, firm=True)))
        elif firm:
            found.append(Item(say(f"states.{state}"), _mark(state, firm=True)))
    if entries:
        found.append(Item(say("timetables.legend_window"), _bar(BAR, BAR_EDGE)))
    if any(entry.optional for entry in entries):
        found.append(Item(say("timetables.legend_optional"), _bar(BAR, BAR_EDGE, "1 0.7")))
    if any(row.activity and row.activity.rhythm for row in rows):
        found.append(Item(say("timetables.legend_rhythm"), _bar("url(#hlasatel-hatch)", BAR_EDGE)))
    if any(row.without_dates for row in rows):
        found.append(Item(say("timetables.legend_no_dates"), _dotted))
    if any(row.unmet for row in rows):
        found.append(Item(say("timetables.legend_unmet"), _bar(UNMET, RED, "1.3 0.8")))
    return found


def lines(found: Sequence[Item]) -> list[list[Item]]:
    """The items as they follow each other on lines of the sheet's width."""
    broken: list[list[Item]] = []
    left = WIDTH
    for item in found:
        if left + item.width > WIDTH - MARGIN or not broken:
            broken.append([])
            left = MARGIN
        broken[-1].append(item)
        left += item.width
    return broken


def draw_legend(parent: Element, broken: Sequence[Sequence[Item]], top: float) -> None:
    """A screen reader is spared it: each mark says its state itself."""
    group = draw(parent, "g", aria_hidden="true")
    for number, line in enumerate(broken):
        middle, left = top + (number + 0.5) * LEGEND_LINE, MARGIN
        for item in line:
            item.sample(group, left + SAMPLE / 2, middle)
            write(group, left + SAMPLE + 1.2, middle + LETTERS * 0.36, item.words, LETTERS, fill=INK)
            left += item.width


def _mark(state: OccurrenceState, *, firm: bool) -> Callable[[Element, float, float], None]:
    return lambda parent, x, y: draw_mark(parent, x, y, 1.6, state, firm=firm)


def _bar(fill: str, stroke: str, dashes: str = "") -> Callable[[Element, float, float], None]:
    def sample(parent: Element, x: float, y: float) -> None:
        dashed = {"stroke_dasharray": dashes} if dashes else {}
        draw(
            parent, "rect", x=x - SAMPLE / 2, y=y - 1.4, width=SAMPLE, height=2.8, fill=fill, stroke=stroke,
            stroke_width=0.25, **dashed,
        )  # fmt: skip

    return sample


def _dotted(parent: Element, x: float, y: float) -> None:
    draw_dotted(parent, x - SAMPLE / 2, x + SAMPLE / 2, y)
