"""Saying back how the plan was understood, and what in it deserves a second look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from worker.messages import say
from worker.plan.model import Activity, Occurrence, Plan
from worker.plan.occurrences import by_activity
from worker.plan.rules import describe_send_day
from worker.times import format_day, format_instant, local_day

NEXT_DATES = 3


@dataclass(frozen=True)
class Explanation:
    """How one row was read: sentences, its assumptions, and its next dates as `id: day and hour`."""

    activity_id: str
    sentences: tuple[str, ...]
    assumptions: tuple[str, ...]
    next_dates: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What people call the ids a plan names; an id without a name stands for itself."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def explain(activity: Activity, found: Iterable[Occurrence], now: datetime, names: Names) -> Explanation:
    """What `check` says of an activity and its occurrences; `now` (aware) decides which dates are next."""
    planned = [(each, each.send_at) for each in found if each.send_at is not None]
    dates = [
        say("plan.next_assumed" if each.assumed else "plan.next", id=each.id, at=format_instant(send_at))
        for each, send_at in planned
        if send_at >= now
    ]
    if not dates:
        dates = [
            say("plan.next_open", id=each.id, at=format_instant(send_at), until=format_day(each.window.end))
            for each, send_at in planned
            if local_day(now) in each.window
        ]
    return Explanation(
        activity_id=activity.id,
        sentences=(*activity.understood, _send_sentence(activity), _who_sentence(activity, names)),
        assumptions=activity.assumptions,
        next_dates=tuple(dates[:NEXT_DATES]) or (say("plan.no_next"),),
    )


def explain_plan(plan: Plan, now: datetime, names: Names) -> tuple[Explanation, ...]:
    """`explain` for every activity, in the plan's order."""
    found = by_activity(plan)
    return tuple(explain(activity, found[activity.id], now, names) for activity in plan.activities)


def missing_dates(plan: Plan, today: date) -> list[tuple[Activity, tuple[int, ...]]]:
    """Activities that go by entered dates, with the plan's years from today's on for which none is entered."""
    years = range(max(plan.window.start.year, today.year), plan.window.end.year + 1)
    found = []
    for activity in plan.activities:
        empty = tuple(year for year in years if all(day.year != year for day in activity.dates))
        if activity.by_dates and empty:
            found.append((activity, empty))
    return found


def warnings(plan: Plan, today: date, mailed: Collection[str], names: Names) -> list[tuple[str, str]]:
    """(activity id, sentence) of what is allowed but probably not meant: a year without dates, a mail for no list.

    `mailed` are the kinds that go out by e-mail.
    """
    found = [
        (activity.id, say("plan.year_without_dates", id=activity.id, years=", ".join(map(str, years))))
        for activity, years in missing_dates(plan, today)
    ]
    found += [
        (activity.id, say("plan.kinds_without_lists", id=activity.id, kinds=_named(unsent, names.kinds)))
        for activity in plan.activities
        if not activity.lists and (unsent := [kind for kind in activity.kinds if kind in mailed])
    ]
    return found


def _send_sentence(activity: Activity) -> str:
    rule = activity.send
    hour = f"{rule.at.hour}:{rule.at.minute:02}"
    if activity.by_dates and activity.send_assumed:
        return say("plan.send_on_date", time=hour)
    moved = say(f"plan.moved_{rule.off_holidays.value}")
    key = "plan.send_assumed" if activity.send_assumed else "plan.send_named"
    return say(key, day=describe_send_day(rule), time=hour, moved=moved)


def _who_sentence(activity: Activity, names: Names) -> str:
    if activity.is_task:
        return say("plan.is_task", person=_named([activity.in_charge], names.people))
    return say(
        "plan.is_package" if activity.lists else "plan.is_package_without_lists",
        kinds=_named(activity.kinds, names.kinds),
        lists=_named(activity.lists, names.lists),
        approvers=_named(activity.approvers, names.people),
    )


def _named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    """`Média (media), Obce Libereckého kraje (obce)`: the id in brackets is what the plan's file says."""
    return ", ".join(f"{names[each]} ({each})" if each in names else each for each in ids)
