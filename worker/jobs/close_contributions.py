"""Leaves out what nobody chose about before its occurrence was over, and lets whoever sent it hear of that."""

from __future__ import annotations

from datetime import datetime

from worker.contributions import choosing
from worker.jobs.base import Job, Shift


class CloseContributions(Job):
    """`done`, `dropped` and `historical` stay what they are; the senders of what was not chosen about hear of it."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            number = choosing.left_over(tx)
        if number is None:
            return False
        with database.write() as tx:
            choosing.close(tx, number, now)
        return True
