"""Counts every mailing that is done, by reason and domain, so that its account is at hand whatever its size."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.record import mailing_counts, tallies


class CountMailings(Job):
    """Changes no state. A mailing that changes while it is counted is counted again in the next round."""

    order = 80
    turn = 1

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            mailing_id = mailing_counts.wanting(tx)
            if mailing_id is None:
                return False
            counted = tallies.of_mailing(tx, mailing_id)
        counts = mailing_counts.count(database, mailing_id)
        with database.write() as tx:
            return mailing_counts.keep(tx, mailing_id, counts, counted, now)
