"""Tells those whose contributions were included how it ended: it went out, with theirs or without, or was dropped."""

from __future__ import annotations

from datetime import datetime

from worker.contributions import outcome
from worker.jobs.base import Job, Shift


class TellContributors(Job):
    """`done` and `dropped` stay what they are; each sender hears once."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            number = outcome.untold(tx)
        if number is None:
            return False
        with database.write() as tx:
            outcome.tell(tx, shift.office, number, now)
        return True
