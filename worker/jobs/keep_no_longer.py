"""Takes away what is kept about recipients longer than the settings say, once a day and some at a time."""

from __future__ import annotations

from datetime import datetime

from worker.audience.privacy import retention
from worker.jobs.base import Job, Shift


class KeepNoLonger(Job):
    """Changes no state: what it empties has reached its last one long ago."""

    order = 90

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database, kept = shift.office.database, shift.office.settings.retention
        with database.read() as tx:
            if not retention.is_for_today(tx, now):
                return False
        with database.write() as tx:
            more = bool(retention.take_some(tx, kept, now))
            if not more:
                retention.was_today(tx, now)
        return more
