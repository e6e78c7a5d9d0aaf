"""The four years at a glance: a bar for each month, parted by what became of its occurrences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from worker.store.states import OccurrenceState
from worker.store.tables import occurrences
from worker.times import local_day

_S = OccurrenceState
GROUPS: Mapping[str, frozenset[OccurrenceState]] = {
    "done": frozenset({_S.DONE}),
    "missed": frozenset({_S.MISSED}),
    "open": frozenset({_S.PREPARING, _S.ASKED, _S.RETURNED, _S.APPROVED, _S.SENDING, _S.HELD}),
    "planned": frozenset({_S.PLANNED}),
    "historical": frozenset({_S.HISTORICAL}),
}
"""From the bottom of a bar to its top. What was dropped is nobody's work and not shown."""
WIDTH, HEIGHT = 240, 40
"""Of one year, in its own units; it is drawn as wide as there is room."""
_MONTH = WIDTH / 12
_GAP = 2


@dataclass(frozen=True)
class Piece:
    """A part of a bar."""

    group: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Year:
    """One year: its bars, where today is in it (None in another year), and how many occurrences of each group."""

    year: int
    pieces: tuple[Piece, ...]
    today: float | None
    counts: tuple[tuple[str, int], ...]


def strip(tx: Connection, now: datetime) -> list[Year]:
    """The years that any occurrence stands in, at `now` (aware); none before the first start."""
    months: dict[tuple[int, int], Counter[str]] = {}
    group_of = {str(state): group for group, states in GROUPS.items() for state in states}
    row = occurrences.c
    for send_at, window_to, state in tx.execute(select(row.send_at, row.window_to, row.state)):
        if (group := group_of.get(state)) is not None:
            day = local_day(send_at) if send_at is not None else window_to
            months.setdefault((day.year, day.month), Counter())[group] += 1
    if not months:
        return []
    tallest = max(counts.total() for counts in months.values())
    years = range(min(months)[0], max(months)[0] + 1)
    return [
        _year(each, [months.get((each, month), Counter()) for month in range(1, 13)], tallest, now) for each in years
    ]


def _year(year: int, months: Sequence[Counter[str]], tallest: int, now: datetime) -> Year:
    today, total = local_day(now), sum(months, Counter())
    place = None
    if today.year == year:
        days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        place = round(WIDTH * (today - date(year, 1, 1)).days / days, 1)
    pieces = [piece for number, counts in enumerate(months) for piece in _bar(number, counts, tallest)]
    return Year(year, tuple(pieces), place, tuple((each, total[each]) for each in GROUPS if total[each]))


def _bar(number: int, counts: Counter[str], tallest: int) -> list[Piece]:
    found, bottom = [], float(HEIGHT)
    for group in GROUPS:
        if counts[group]:
            height = HEIGHT * counts[group] / tallest
            bottom -= height
            x = number * _MONTH + _GAP
            found.append(Piece(group, round(x, 1), round(bottom, 1), round(_MONTH - 2 * _GAP, 1), round(height, 1)))
    return found
