"""Saying back how the plan was understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from worker.messages import say
from worker.plan.model import Activity, Occurrence, Plan
from worker.plan.names import Names, named
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
        return say("plan.is_task", person=named([activity.in_charge], names.people))
    return say(
        "plan.is_package" if activity.lists else "plan.is_package_without_lists",
        kinds=named(activity.kinds, names.kinds),
        lists=named(activity.lists, names.lists),
        approvers=named(activity.approvers, names.people),
    )
