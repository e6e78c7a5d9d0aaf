"""Closes what is still open of cancelled mailings, one slice at a time."""

from __future__ import annotations

from datetime import datetime

from worker.delivery import orders
from worker.jobs.base import Job, Shift


class ExpireCancelled(Job):
    """Deliveries `queued` or `retry` of a cancelled mailing → `expired`; those under way get their outcome first."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.write() as tx:
            return orders.expire_some(tx, now)
