"""The day something is sent on: by the rule of its activity, or counted from another day. The rules: docs/time.md."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, time, timedelta

from worker.plan.model import Anchor, DayRule, OffHolidays, SendRule, Unit, Window
from worker.plan.quiet import last_allowed, next_allowed, previous_allowed
from worker.times import add_working_days, local_day, local_instant, previous_working_day

_THURSDAY = 3
EARLIEST, LATEST = date(1995, 1, 1), date(2104, 12, 31)
"""Days are counted from inside this span alone, so that no chain of chains runs off the calendar."""


def send_day(window: Window, rule: SendRule) -> date:
    """The day `rule` names for the window, moved off quiet times; SKIP and KEEP leave it as named.

    A weekday that is not in this part of a week gives way to Thursday, if that is.

    A day outside the window gives way to the window's last day that is not quiet, else to its last working day, else
    to its last day.
    """
    named = named_day(window, rule)
    if rule.day is DayRule.WEEKDAY and named not in window:
        thursday = named + timedelta(days=_THURSDAY - rule.weekday)
        named = thursday if thursday in window else named
    day = _moved(named, rule)
    return day if day in window else last_day(window, rule.at)


def last_day(window: Window, at: time) -> date:
    """The last day of the window on which news may go out at `at`, else its last working day, else its last day."""
    if allowed := last_allowed(window, at):
        return allowed
    working = previous_working_day(window.end)
    return working if working in window else window.end


def counted_day(base: date, anchor: Anchor, rule: SendRule) -> date:
    """The day the anchor's lead after or before `base`, moved off quiet times.

    A move never reaches `base` or passes it: what comes before stays before. It then goes the other way.
    """
    base = min(max(base, EARLIEST), LATEST)
    raw = _counted(base, anchor, rule.at)
    day = _moved(raw, rule)
    if raw == base or (day > base if raw > base else day < base):
        return day
    return next_allowed(raw, rule.at) if raw > base else previous_allowed(raw, rule.at)


def counted_inside(window: Window, base: date, anchor: Anchor, rule: SendRule) -> date | None:
    """The same for an activity with a window of its own; None when `base` does not belong there.

    An uzávěrka belongs where it lies itself. A day counted out of its window then gives way to the nearest day inside
    that is not quiet and still on the right side of the uzávěrka, else to the uzávěrka itself.
    """
    day = counted_day(base, anchor, rule)
    if not anchor.deadline:
        return day if day in window else None
    if base not in window or day in window:
        return day if base in window else None
    if day < window.start:
        return min(next_allowed(window.start, rule.at), base)
    return max(previous_allowed(window.end, rule.at), base)


def _moved(day: date, rule: SendRule) -> date:
    if rule.off_holidays is OffHolidays.NEXT:
        return next_allowed(day, rule.at)
    if rule.off_holidays is OffHolidays.PREVIOUS:
        return previous_allowed(day, rule.at)
    return day


def _counted(base: date, anchor: Anchor, at: time) -> date:
    amount = anchor.lead.amount if anchor.later else -anchor.lead.amount
    if anchor.lead.unit is Unit.WORKING_DAYS:
        return add_working_days(base, amount)
    if anchor.lead.unit is Unit.DAYS:
        return base + timedelta(days=amount)
    return local_day(local_instant(base, at) + timedelta(hours=amount))


def named_day(window: Window, rule: SendRule) -> date:
    """The day `rule` names for the window, which may lie outside it and in a quiet time."""
    first = window.end.replace(day=1)
    last = window.end.replace(day=monthrange(first.year, first.month)[1])
    if rule.day is DayRule.WEEKDAY:
        return window.end + timedelta(days=rule.weekday - window.end.weekday())
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
    """Day 31 is the month's last day, and 29 February is 28 February in a year without one."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def _nth_weekday(first: date, last: date, rule: SendRule) -> date:
    if rule.number < 0:
        return last - timedelta(days=(last.weekday() - rule.weekday) % 7)
    return first + timedelta(days=(rule.weekday - first.weekday()) % 7 + 7 * (rule.number - 1))
