"""Lets a mailing that paused for the relay's sake try again when its delay is over."""

from __future__ import annotations

from datetime import datetime

from worker.delivery import mailings
from worker.jobs.base import Job, Shift


class ResumeMailings(Job):
    """Mailing `paused` → `sending`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.write() as tx:
            mailing = mailings.due_to_resume(tx, now)
            return mailing is not None and mailings.resume(tx, mailing.id, mailing.occurrence_id, now, None)
