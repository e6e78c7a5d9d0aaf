"""The send time of what was held: its own when that still leaves time to decide, otherwise the first that does."""

from __future__ import annotations

from datetime import datetime, timedelta

from worker.plan.quiet import next_allowed
from worker.plan.stages import WORK_BEGINS, WORK_ENDS
from worker.times import PRAGUE, add_working_days, is_working_day, local_day, local_instant


def send_time_after(now: datetime, send_at: datetime) -> datetime:
    """`send_at`, or the same hour (Prague) of the first day that is not quiet and leaves one working day from `now`."""
    earliest = one_working_day_after(now)
    if send_at >= earliest:
        return send_at
    at = send_at.astimezone(PRAGUE).time()
    day = next_allowed(local_day(earliest), at)
    while local_instant(day, at) < earliest:
        day = next_allowed(day + timedelta(days=1), at)
    return local_instant(day, at)


def one_working_day_after(now: datetime) -> datetime:
    """When somebody who hears of it at `now` has had a working day: the same hour of the next one.

    What comes outside working hours (8–16) is read when the next ones begin.
    """
    local = now.astimezone(PRAGUE)
    day, at = local.date(), max(local.time(), WORK_BEGINS)
    if not is_working_day(day) or at >= WORK_ENDS:
        day, at = add_working_days(day, 1), WORK_BEGINS
    return local_instant(add_working_days(day, 1), at)
