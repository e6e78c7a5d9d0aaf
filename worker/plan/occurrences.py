"""A plan's occurrences with their send times."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from worker.plan.model import Activity, DayRule, Occurrence, OffHolidays, Plan, SendRule, Window
from worker.times import add_working_days, local_instant, next_working_day, previous_working_day

_NEVER = datetime.max.replace(tzinfo=UTC)


def occurrences(plan: Plan) -> list[Occurrence]:
    """Every occurrence of the plan, past ones included, sorted by send time (those without one last) and id."""
    found = [occurrence for activity in plan.activities for occurrence in of_activity(activity)]
    return sorted(found, key=lambda each: (each.send_at or _NEVER, each.id))


def of_activity(activity: Activity) -> list[Occurrence]:
    """The occurrences of one activity, in order."""
    return [
        Occurrence(
            id=f"{activity.id}/{period.label}",
            activity_id=activity.id,
            period=period.label,
            window=period.window,
            send_at=local_instant(send_day(period.window, activity.send), activity.send.at),
            assumed=activity.send_assumed,
            kinds=activity.kinds,
            lists=activity.lists,
        )
        for period in activity.periods
    ]


def send_day(window: Window, rule: SendRule) -> date:
    """The day `rule` names in the window's last month, moved off days nobody works on.

    A day outside the window gives way to the window's last working day, or to its last day when it has none.
    """
    day = _named_day(window, rule)
    if rule.off_holidays is OffHolidays.NEXT:
        day = next_working_day(day)
    elif rule.off_holidays is OffHolidays.PREVIOUS:
        day = previous_working_day(day)
    if day in window:
        return day
    last = previous_working_day(window.end)
    return last if last in window else window.end


def _named_day(window: Window, rule: SendRule) -> date:
    first = window.end.replace(day=1)
    last = window.end.replace(day=monthrange(first.year, first.month)[1])
    if rule.day is DayRule.NTH_WEEKDAY:
        return _nth_weekday(first, last, rule)
    if rule.day is DayRule.NTH_WORKING_DAY:
        if rule.number < 0:
            return add_working_days(last + timedelta(days=1), rule.number)
        return add_working_days(first - timedelta(days=1), rule.number)
    if rule.day is DayRule.DAY_OF_YEAR and rule.month is not None:
        years = range(window.end.year, window.start.year - 1, -1)
        days = [_clamped(year, rule.month, rule.number) for year in years]
        return next((day for day in days if day in window), days[0])
    return _clamped(first.year, first.month, rule.number)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _nth_weekday(first: date, last: date, rule: SendRule) -> date:
    if rule.number < 0:
        return last - timedelta(days=(last.weekday() - rule.weekday) % 7)
    return first + timedelta(days=(rule.weekday - first.weekday()) % 7 + 7 * (rule.number - 1))
