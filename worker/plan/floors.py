"""The "at least" of a row, watched apart from its dates: which half-year goes without a press release?"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from worker.plan.model import Activity, Occurrence, Plan, Watch, Window
from worker.plan.turns import Calendar
from worker.times import local_day


class Standing(StrEnum):
    """What an occurrence comes to for a floor. Unrecorded: it lies before the first start, and nobody said more."""

    DONE = "done"
    OPEN = "open"
    UNRECORDED = "unrecorded"
    GONE = "gone"


@dataclass(frozen=True)
class Seen:
    """One occurrence; `day` is the one it is sent or was done on, None when it has none. Optional ones count too."""

    activity_id: str
    window: Window
    day: date | None
    standing: Standing
    id: str = ""
    """Of the occurrence, for whoever wants to know which ones made a number."""


class Verdict(StrEnum):
    """Met: enough is done. Planned: with what is open. Unrecorded: if what lies before the first start was done."""

    MET = "met"
    PLANNED = "planned"
    UNRECORDED = "unrecorded"
    UNMET = "unmet"


@dataclass(frozen=True)
class FloorTurn:
    """One half-year (or whatever the floor counts in) of an activity, and what helps to keep it."""

    activity_id: str
    period: str
    window: Window
    needed: int
    own: int
    """Occurrences of the activity itself that are done, open or unrecorded."""
    done: int
    open: int
    unrecorded: int
    """These three count the occurrences of other rows too."""
    by: tuple[str, ...]
    """The other activities among them, by id (`counts_for`)."""
    verdict: Verdict
    ids: Mapping[Standing, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Those counted, as `Seen.id` names them."""


def floors(plan: Plan, seen: Iterable[Seen]) -> list[FloorTurn]:
    """Every turn of every floor, in the plan's order and in time.

    An occurrence helps in the turn that its day lies in, or the last day of its window while it has no day.
    """
    counted, calendar = _helping(plan, seen), Calendar(plan.window)
    return [
        turn
        for activity in plan.activities
        if activity.floor and activity.floor_span
        for turn in _turns(activity, activity.floor, activity.floor_span, calendar, counted[activity.id])
    ]


def rhythms(plan: Plan, seen: Iterable[Seen]) -> list[FloorTurn]:
    """The same for what is watched of rows without dates (`průběžně`), over the whole plan."""
    counted, calendar = _helping(plan, seen), Calendar(plan.window)
    return [
        turn
        for activity in plan.activities
        if activity.rhythm
        for turn in _turns(activity, activity.rhythm, plan.window, calendar, counted[activity.id])
    ]


def _helping(plan: Plan, seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    """Activity → what counts for it."""
    helped = {activity.id: activity.counts_for for activity in plan.activities}
    counted: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        if each.standing is Standing.GONE:
            continue
        counted[each.activity_id].append(each)
        other = helped.get(each.activity_id)
        if other is not None:
            counted[other].append(each)
    return counted


def planned(occurrences: Iterable[Occurrence]) -> list[Seen]:
    """The plan's own dates as `floors` takes them, when nothing is known of what became of them."""
    return [
        Seen(
            each.activity_id,
            each.window,
            local_day(each.send_at) if each.send_at else None,
            Standing.OPEN if each.dropped is None else Standing.GONE,
        )
        for each in occurrences
    ]


def _turns(activity: Activity, floor: Watch, span: Window, calendar: Calendar, seen: list[Seen]) -> list[FloorTurn]:
    turns = list(calendar.turns(floor.per, floor.every, span))
    starts = [calendar.index(turn.window.start, floor.per) for turn in turns]
    held: list[list[Seen]] = [[] for _ in turns]
    for each in seen:
        index = calendar.index(each.day or each.window.end, floor.per)
        number = bisect_right(starts, index) - 1
        if number >= 0 and index < starts[number] + floor.every:
            held[number].append(each)
    return [
        _turn(activity, floor.count, turn.label, turn.window, helping)
        for turn, helping in zip(turns, held, strict=True)
    ]


def _turn(activity: Activity, needed: int, label: str, window: Window, seen: list[Seen]) -> FloorTurn:
    done, still_open, unrecorded = (
        sum(each.standing is standing for each in seen)
        for standing in (Standing.DONE, Standing.OPEN, Standing.UNRECORDED)
    )
    if done >= needed:
        verdict = Verdict.MET
    elif done + still_open >= needed:
        verdict = Verdict.PLANNED
    else:
        verdict = Verdict.UNRECORDED if done + still_open + unrecorded >= needed else Verdict.UNMET
    return FloorTurn(
        activity_id=activity.id,
        period=label,
        window=window,
        needed=needed,
        own=sum(each.activity_id == activity.id for each in seen),
        done=done,
        open=still_open,
        unrecorded=unrecorded,
        by=tuple(sorted({each.activity_id for each in seen} - {activity.id})),
        verdict=verdict,
        ids={one: tuple(each.id for each in seen if each.standing is one) for one in Standing},
    )
