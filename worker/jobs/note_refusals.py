"""Notes whom the relay refused once a mailing is done, so that a dead address is not written to again."""

from __future__ import annotations

from datetime import datetime

from worker.delivery import refused
from worker.jobs.base import Job, Shift


class NoteRefusals(Job):
    """Changes no occurrence and no delivery."""

    order = 60  # what goes out comes first

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.read() as tx:
            mailing_id = refused.waiting(tx)
        if mailing_id is None:
            return False
        with shift.office.database.write() as tx:
            refused.note_some(tx, shift.office, mailing_id, now)
        return True
