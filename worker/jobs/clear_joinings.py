"""Deletes wishes to join a list that nobody confirmed in time, and what is left of those that somebody did."""

from __future__ import annotations

from datetime import datetime

from worker.audience.joining import clearing
from worker.jobs.base import Job, Shift


class ClearJoinings(Job):
    """Changes no state; the links of what is deleted lead nowhere, as they have since it ended."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            if not clearing.is_anything_over(tx, now):
                return False
        with database.write() as tx:
            return clearing.clear(tx, now)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            first = clearing.next_end(tx)
        return first if first is not None and first > now else None
