"""An activity that goes by entered dates and has none for the year: a mail to the coordinator each January.

It waits for the year's first working day, so that nobody is written to on New Year's Day."""

from __future__ import annotations

from datetime import date, datetime

from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.plan.stages import WORK_BEGINS
from worker.plan.warnings import missing_dates
from worker.times import local_day, local_instant, next_working_day

JANUARY = 1


class RemindDates(Job):
    """Changes no occurrence."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        today = local_day(now)
        if shift.plan is None or today.month != JANUARY or now < _asks_at(today.year):
            return False
        for activity, years in missing_dates(shift.plan, today):
            if today.year not in years:
                continue
            with shift.office.database.write() as tx:
                told = queue.put(
                    tx, f"no-dates/{activity.id}/{today.year}", "no_dates", shift.office.settings.coordinator, now,
                    year=today.year, id=activity.id, activity=activity.as_written.activity,
                )  # fmt: skip
            if told:
                return True
        return False

    def next_at(self, shift: Shift, now: datetime) -> datetime:
        year = local_day(now).year
        return _asks_at(year) if now < _asks_at(year) else _asks_at(year + 1)


def _asks_at(year: int) -> datetime:
    return local_instant(next_working_day(date(year, JANUARY, 1)), WORK_BEGINS)
