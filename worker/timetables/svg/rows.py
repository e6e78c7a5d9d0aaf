"""The rows of the picture: the plan's words at the left, windows, marks and unmet rhythms along the axis."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from worker.messages import say
from worker.plan.model import Window
from worker.planning.timetable import Entry
from worker.store.states import OccurrenceState
from worker.times import PRAGUE, format_instant, local_day
from worker.timetables.content import Row, Timetable, short_day, state_in_words, turn_in_words
from worker.timetables.svg.draw import INK, QUIET, SMALLEST, draw, fit, picture, text_width, wrap, write
from worker.timetables.svg.layout import LABELS, MARGIN, Layout
from worker.timetables.svg.marks import RED, draw_mark

BAND, BAR, BAR_EDGE, UNMET = "#f3f6f9", "#d3e2f0", "#5f7f9f", "#fde3df"
LARGEST_MARK, LANE_GAP, NAME_SHARE, MOST_BAR, AIR = 2.0, 1.02, 0.6, 5.0, 1.2
MOST_LANES, SMALLEST_MARK = 3, 0.7
LARGEST_NAME, SMALLEST_NAME, LEADING = 3.8, 2.8, 1.2


def draw_rows(parent: Element, timetable: Timetable, rows: Sequence[Row], layout: Layout) -> None:
    """One list item for each row; in it, a list of its occurrences."""
    for number, row in enumerate(rows):
        _Strip(parent, timetable, row, layout, layout.top + number * layout.pitch).draw()


def draw_bands(parent: Element, layout: Layout) -> None:
    """Every other row darker, to lead the eye from the words to the marks."""
    group = draw(parent, "g", aria_hidden="true", fill=BAND)
    for number in range(1, layout.rows, 2):
        top, width = layout.top + number * layout.pitch, layout.right - MARGIN
        draw(group, "rect", x=MARGIN, y=top, width=width, height=layout.pitch)


class _Strip:
    """One row while it is being drawn. `_taken` are the stretches of its lower line that hold letters."""

    def __init__(self, parent: Element, timetable: Timetable, row: Row, layout: Layout, top: float) -> None:
        self._timetable, self._row, self._layout, self._top = timetable, row, layout, top
        self._item = draw(parent, "g", role="listitem")
        self._taken: list[tuple[float, float]] = []
        if layout.two_lines:
            self._thickness = min(MOST_BAR, layout.pitch * 0.44)
            block = self._thickness + 0.7 + SMALLEST
            self._middle = top + (layout.pitch - block) / 2 + self._thickness / 2
        else:
            self._thickness = layout.pitch * 0.62
            self._middle = top + layout.pitch / 2
        self._lower_line = self._middle + self._thickness / 2 + 0.5 + SMALLEST
        if local_day(timetable.now) in layout.days:
            today = layout.x_of(timetable.now)
            self._taken.append((today, today))

    def draw(self) -> None:
        self._words()
        self._unmet()
        self._rhythm()
        for entry in self._row.entries:
            self._bar(entry)
        self._marks()

    def _words(self) -> None:
        """The row's name and, where there is room, its term and rhythm as the plan writes them."""
        layout, row = self._layout, self._row
        full = f"{row.activity.as_written.activity if row.activity else row.name} ({row.words})"
        group, room = picture(self._item, full), LABELS - 2
        if layout.two_lines:
            self._name_and_words(group, room)
            return
        size = min(3.2, max(SMALLEST, layout.pitch * 0.55))
        baseline = self._middle + size * 0.36
        most = room if text_width(row.name, size) + text_width(row.words, size) < room else room * NAME_SHARE
        name = fit(row.name, size, most)
        write(group, MARGIN + 0.8, baseline, name, size)
        used = text_width(name, size) + size
        if words := fit(row.words, SMALLEST, room - used):
            write(group, MARGIN + 0.8 + used, baseline, words, SMALLEST, fill=QUIET)

    def _name_and_words(self, group: Element, room: float) -> None:
        """The name on two lines where the row is high enough for them, and the plan's words beneath."""
        row, pitch = self._row, self._layout.pitch
        small = min(3.0, max(SMALLEST, pitch * 0.25))
        size = min(LARGEST_NAME, max(SMALLEST_NAME, pitch * 0.3))
        beneath = 1.45 * small if row.words else 0.0
        lines = 2 if 2 * LEADING * size + beneath <= pitch - 0.5 else 1
        name = wrap(row.full_name if lines == 2 else row.name, size, room, lines)
        baseline = self._top + (pitch - (len(name) - 1) * LEADING * size - size - beneath) / 2 + size * 0.9
        for line in name:
            write(group, MARGIN + 0.8, baseline, line, size)
            baseline += LEADING * size
        if row.words:
            baseline += 1.45 * small - LEADING * size
            write(group, MARGIN + 0.8, baseline, fit(row.words, small, room), small, fill=QUIET)

    def _unmet(self) -> None:
        """The stretches in which the row's "at least" is not kept: tinted, framed with dashes, named."""
        for turn in self._row.unmet:
            left, right = self._ends(turn.window)
            words = turn_in_words(turn)
            group = picture(self._item, say("timetables.unmet_title", **words))
            draw(
                group, "rect", x=left + 0.2, y=self._top + 0.25, width=max(0.5, right - left - 0.4),
                height=self._layout.pitch - 0.5, fill=UNMET, stroke=RED, stroke_width=0.3, stroke_dasharray="1.3 0.8",
            )  # fmt: skip
            text = say("timetables.unmet", missing=words["missing"])
            if not self._beneath(group, text, left, right, RED):
                write(group, left + 0.8, self._middle + SMALLEST * 0.36, "!", SMALLEST, fill=RED, bold=True)

    def _rhythm(self) -> None:
        """A hatched bar for what goes on all the time; a dotted line for what has no dates yet."""
        row, activity = self._row, self._row.activity
        if activity is None:
            return
        if activity.rhythm is not None:
            words = say("timetables.rhythm", rhythm=row.rhythm)
            fill, stroke = "url(#hlasatel-hatch)", BAR_EDGE
        elif row.without_dates:
            words, fill, stroke = say("timetables.on_call" if activity.on_call else "timetables.no_dates"), "none", ""
        else:
            return
        left, right = self._layout.left, self._layout.right
        group = picture(self._item, words)
        if stroke:
            top = self._middle - self._thickness / 2
            draw(
                group, "rect", x=left, y=top, width=right - left, height=self._thickness, fill=fill, stroke=stroke,
                stroke_width=0.2,
            )  # fmt: skip
        else:
            draw_dotted(group, left + 0.6, right - 0.6, self._middle)
        self._beneath(group, words, left, right, QUIET)

    def _bar(self, entry: Entry) -> None:
        left, right = self._ends(entry.window)
        dashed = {"stroke_dasharray": "1 0.7"} if entry.optional else {}
        draw(
            self._item, "rect", aria_hidden="true", x=left, y=self._middle - self._thickness / 2,
            width=max(0.3, right - left), height=self._thickness, rx=0.5, fill=BAR, stroke=BAR_EDGE, stroke_width=0.2,
            **dashed,
        )  # fmt: skip

    def _marks(self) -> None:
        entries = [(self._place(entry), entry) for entry in self._row.entries]
        if not entries:
            return
        entries.sort(key=lambda each: each[0])
        radius, lanes = self._lanes([x for x, _ in entries])
        number = max(lanes) + 1
        room = self._layout.pitch * (0.7 if self._layout.two_lines else 0.9)
        marks = draw(self._item, "g", role="list")
        for (x, entry), lane in zip(entries, lanes, strict=True):
            y = self._middle + (lane - (number - 1) / 2) * room / number
            item = draw(marks, "g", role="listitem", data_occurrence=entry.id)
            state = OccurrenceState(entry.state)
            draw_mark(picture(item, _title(entry)), x, y, radius, state, firm=not entry.assumed)
            if number == 1:
                self._day(entry, x)

    def _day(self, entry: Entry, x: float) -> None:
        """The day under the mark, or beside today's line, where it touches no other letters."""
        if not self._layout.two_lines or entry.send_at is None or not _day_matters(entry):
            return
        local = entry.send_at.astimezone(PRAGUE)
        text = f"{local.day}. {local.month}."
        if local.date() not in self._layout.days:
            text = f"← {text}" if local.date() < self._layout.days.start else f"{text} →"
        width = text_width(text, SMALLEST)
        half = width / 2
        middle = min(max(x, self._layout.left + half), self._layout.right - half)
        beside = [end + AIR for _, end in self._taken] + [start - AIR - width for start, _ in self._taken]
        near = sorted((left for left in beside if abs(left + half - x) <= half + AIR), key=lambda left: abs(left - x))
        for left in (middle - half, *near):
            if self._take(left, left + width, self._layout.right):
                words = write(self._item, left, self._lower_line, text, SMALLEST, fill=INK)
                words.set("aria-hidden", "true")
                return

    def _lanes(self, places: list[float]) -> tuple[float, list[int]]:
        """The largest radius, and the lane of each mark, with which no two lie upon each other if that can be."""
        largest = min(LARGEST_MARK, self._layout.pitch * (0.28 if self._layout.two_lines else 0.4))
        tries = [(number, largest / number**0.6) for number in range(1, MOST_LANES + 1)]
        smaller = tries[-1][1]
        while smaller > SMALLEST_MARK:
            smaller *= 0.9
            tries.append((MOST_LANES, smaller))
        for number, radius in tries:
            if lanes := _in_lanes(places, number, radius):
                return radius, lanes
        return SMALLEST_MARK, [index % MOST_LANES for index in range(len(places))]

    def _place(self, entry: Entry) -> float:
        """Where the mark stands: at the send time, or in the middle of the window that has none."""
        if entry.send_at is not None:
            return self._layout.x_of(entry.send_at)
        left, right = self._ends(entry.window)
        return (left + right) / 2

    def _ends(self, window: Window) -> tuple[float, float]:
        return self._layout.x(window.start), self._layout.x_after(window.end)

    def _beneath(self, group: Element, words: str, left: float, right: float, fill: str) -> bool:
        """Write on the lower line, as far to the left as it is free between `left` and `right`; False without room."""
        width = text_width(words, SMALLEST)
        for start in (left + 1, *sorted(end + AIR for _, end in self._taken if end > left)):
            if self._layout.two_lines and self._take(start, start + width, right):
                write(group, start, self._lower_line, words, SMALLEST, fill=fill)
                return True
        return False

    def _take(self, left: float, right: float, limit: float) -> bool:
        """Reserve a stretch of the lower line; False when it is taken, or goes beyond `limit`."""
        if right > limit or any(left < end + AIR - 0.01 and start < right + AIR - 0.01 for start, end in self._taken):
            return False
        self._taken.append((left, right))
        return True


def _day_matters(entry: Entry) -> bool:
    """Not when it is dropped, nor when all we know is the day on which it would have been before the start."""
    guessed = entry.assumed and entry.state == OccurrenceState.HISTORICAL
    return entry.state != OccurrenceState.DROPPED and not guessed


def _in_lanes(places: list[float], number: int, radius: float) -> list[int] | None:
    """The lane of each mark, from the left; None when marks of this size would lie upon each other."""
    ends, lanes = [float("-inf")] * number, []
    for x in places:
        lane = min(range(number), key=lambda each: ends[each] > x - radius)
        if ends[lane] > x - radius:
            return None
        ends[lane] = x + radius * LANE_GAP
        lanes.append(lane)
    return lanes


def draw_dotted(parent: Element, left: float, right: float, y: float) -> None:
    """The line of what has no dates yet."""
    draw(
        parent, "path", d=f"M{left:.2f} {y:.2f}H{right:.2f}", stroke=BAR_EDGE, stroke_width=0.5,
        stroke_dasharray="0.1 2", stroke_linecap="round",
    )  # fmt: skip


def _title(entry: Entry) -> str:
    """What the mark says aloud."""
    when = format_instant(entry.send_at) if entry.send_at else say("timetables.no_send_time")
    parts = {
        "title": entry.title,
        "when": when,
        "state": state_in_words(entry),
        "start": short_day(entry.window.start),
        "end": short_day(entry.window.end),
    }
    return say("timetables.mark_noted", note=entry.note, **parts) if entry.note else say("timetables.mark", **parts)
