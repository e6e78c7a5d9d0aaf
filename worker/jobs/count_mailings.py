"""Counts every mailing that is done, by reason and domain, so that its account is at hand whatever its size."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.record import mailing_counts


class CountMailings(Job):
    """Changes no state. A mailing that changes while it is counted is counted again in the next round.

    A slice at a time, so that what is due meanwhile waits for none of it.
    """

    order = 80

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database, counting = shift.office.database, shift.counting
        with database.read() as tx:
            if counting is None:
                mailing_id = mailing_counts.wanting(tx)
                if mailing_id is None:
                    return False
                counting = shift.counting = mailing_counts.Counting(tx, mailing_id)
            if counting.step(tx):
                return True
        shift.counting = None
        with database.write() as tx:
            return mailing_counts.keep(tx, counting.mailing_id, counting.counts, counting.tallies, now)
