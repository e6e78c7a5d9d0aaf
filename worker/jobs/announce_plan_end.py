"""Half a year before the plan ends the coordinator is told, once, for the next one takes its time."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.plan.stages import WORK_BEGINS
from worker.record import events
from worker.times import format_day_at, local_day, local_instant

MONTHS_BEFORE = 6


class AnnouncePlanEnd(Job):
    """Changes no occurrence."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.plan is None:
            return False
        end = shift.plan.window.end
        if now < _announced_at(end) or local_day(now) > end:
            return False
        key = f"plan-ends/{end.isoformat()}"
        with shift.office.database.read() as tx:
            if queue.told(tx, key):
                return False
        with shift.office.database.write() as tx:
            told = queue.put(
                tx, key, "plan_ends", shift.office.settings.coordinator, now,
                title=shift.plan.title, day=format_day_at(end),
            )  # fmt: skip
            if told:
                events.append(tx, "plan.end_announced", now, end=end.isoformat())
        return told

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        at = _announced_at(shift.plan.window.end) if shift.plan is not None else now
        return at if at > now else None


def _announced_at(end: date) -> datetime:
    return local_instant(months_before(end, MONTHS_BEFORE), WORK_BEGINS)


def months_before(day: date, number: int) -> date:
    """The same day `number` months earlier, or that month's last when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
