"""A plan's occurrences with their send times.

A day comes from the rule of its activity, from a date somebody entered, from an exception for this one occurrence, or
is counted from another occurrence, an uzávěrka or a day (`Anchor`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from worker.messages import say
from worker.plan.model import Activity, Anchor, Occurrence, OffHolidays, Period, Plan, SendRule, Window
from worker.plan.quiet import quiet
from worker.plan.send_days import counted_day, counted_inside, send_day
from worker.times import format_day, local_instant

_NEVER = datetime.max.replace(tzinfo=UTC)


def occurrences(plan: Plan, days: Mapping[str, date] | None = None) -> list[Occurrence]:
    """Every occurrence of the plan, past and dropped ones included, sorted by send time (those without last) and id.

    `days`: occurrence id → the day it really had or was moved to; what is anchored to it counts from that day. The
    occurrence itself keeps the day that the plan gives it.
    """
    found = [occurrence for turns in by_activity(plan, days).values() for occurrence in turns]
    return sorted(found, key=lambda each: (each.send_at or _NEVER, each.id))


def by_activity(plan: Plan, days: Mapping[str, date] | None = None) -> dict[str, tuple[Occurrence, ...]]:
    """The same by activity, both in the plan's order. Anchors of a validated plan are known and make no circle."""
    known = {activity.id: activity for activity in plan.activities}
    placed: dict[str, list[_Turn]] = {}
    for activity in _bases_first(known):
        placed[activity.id] = _turns(activity, _bases(activity, known, placed, days or {}))
    return {each.id: tuple(turn.occurrence for turn in placed[each.id]) for each in plan.activities}


def is_entered(period: Period) -> bool:
    """Whether a person chose the very day, in `dates` or in `when`: such a day stays where it is."""
    return period.window.start == period.window.end and period.label == period.window.start.isoformat()


@dataclass(frozen=True)
class _Turn:
    """An occurrence, and its day also when it is dropped."""

    occurrence: Occurrence
    day: date


@dataclass(frozen=True)
class _Base:
    """A day that others are counted from."""

    id: str | None
    label: str
    day: date
    assumed: bool = False
    dropped: bool = False
    optional: bool = False


@dataclass(frozen=True)
class _Place:
    """Where one occurrence falls before its exception is looked at."""

    label: str
    window: Window
    day: date
    assumed: bool
    optional: bool
    entered: bool = False
    base: _Base | None = None
    due_by: date | None = None


def _bases_first(known: Mapping[str, Activity]) -> list[Activity]:
    """The activities in an order in which everything stands behind what its days are counted from."""
    ordered: dict[str, Activity] = {}
    for activity in known.values():
        way = [activity]
        while (anchor := way[-1].anchor) and anchor.activity_id and anchor.activity_id not in ordered:
            way.append(known[anchor.activity_id])
        ordered.update((each.id, each) for each in reversed(way))
    return list(ordered.values())


def _bases(
    activity: Activity,
    activities: Mapping[str, Activity],
    placed: Mapping[str, Sequence[_Turn]],
    days: Mapping[str, date],
) -> list[_Base]:
    """What the days of `activity` may be counted from, in order of days, then of periods; nothing without an anchor."""
    anchor = activity.anchor
    if anchor is None:
        return []
    if anchor.day is not None:
        return [_Base(None, anchor.day.isoformat(), anchor.day)]
    found = []
    deadlines = activities[str(anchor.activity_id)].deadlines
    for turn in placed[str(anchor.activity_id)]:
        base = turn.occurrence
        dropped = base.dropped is not None
        if not anchor.deadline:
            day, assumed = days.get(base.id, turn.day), base.assumed and base.id not in days
            found.append(_Base(base.id, base.period, day, assumed, dropped, base.optional))
        elif base.period in deadlines:
            found.append(_Base(base.id, base.period, deadlines[base.period], dropped=dropped))
    return sorted(found, key=lambda base: base.day)


def _turns(activity: Activity, bases: Sequence[_Base]) -> list[_Turn]:
    if activity.anchor is None or activity.periods:
        places = [_place(activity, period, bases) for period in activity.periods]
    elif activity.anchor.deadline:
        places = []
    else:
        places = [_counted_place(activity, activity.anchor, base) for base in bases]
    return [_turn(activity, place) for place in places]


def _place(activity: Activity, period: Period, bases: Iterable[_Base]) -> _Place:
    """Where a period of the activity's own falls: counted from the first base that fits into it, or by the rule."""
    rule = rule_of(activity, period.label)
    for base in bases:
        if activity.anchor is None or base.dropped:
            continue
        day = counted_inside(period.window, base.day, activity.anchor, rule)
        if day is not None:
            due_by = base.day if activity.anchor.deadline else None
            return _Place(period.label, period.window, day, base.assumed, period.optional, base=base, due_by=due_by)
    if is_entered(period):
        return _Place(period.label, period.window, period.window.start, False, period.optional, entered=True)
    return _Place(period.label, period.window, send_day(period.window, rule), activity.send_assumed, period.optional)


def _counted_place(activity: Activity, anchor: Anchor, base: _Base) -> _Place:
    day = counted_day(base.day, anchor, rule_of(activity, base.label))
    return _Place(base.label, Window(day, day), day, base.assumed, base.optional, base=base)


def rule_of(activity: Activity, label: str) -> SendRule:
    """The activity's rule with the hour that an exception gives to this one occurrence."""
    exemption = activity.exemptions.get(label)
    return replace(activity.send, at=exemption.at) if exemption and exemption.at else activity.send


def _turn(activity: Activity, place: _Place) -> _Turn:
    exemption = activity.exemptions.get(place.label)
    window, day, assumed = place.window, place.day, place.assumed
    at = rule_of(activity, place.label).at
    if exemption is not None and not exemption.dropped:
        day, assumed, dropped = exemption.day or day, False, None
        window = Window(day, day) if place.base and not activity.periods else window
    else:
        dropped = exemption.reason if exemption else _left_out(activity, place)
    occurrence = Occurrence(
        id=f"{activity.id}/{place.label}",
        activity_id=activity.id,
        period=place.label,
        window=window,
        send_at=None if dropped is not None else local_instant(day, at),
        assumed=assumed,
        kinds=activity.kinds,
        lists=activity.lists,
        optional=place.optional,
        dropped=dropped,
        anchored_to=place.base.id if place.base else None,
        due_by=place.due_by if exemption is None else None,
    )
    return _Turn(occurrence, day)


def _left_out(activity: Activity, place: _Place) -> str | None:
    """Why the occurrence does not take place although no exception says so; None when it does."""
    if place.base is not None and place.base.dropped:
        return say("occurrences.base_dropped", id=place.base.id)
    if activity.send.off_holidays is not OffHolidays.SKIP or place.entered:
        return None
    reason = quiet(place.day, activity.send.at)
    return say(f"occurrences.skipped_{reason.value}", day=format_day(place.day)) if reason else None
