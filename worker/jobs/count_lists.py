"""Counts once a day, and after a table was taken in, how the lists have grown: a list at a time."""

from __future__ import annotations

from datetime import datetime

from worker.audience.upkeep import growth
from worker.jobs.base import Job, Shift
from worker.store.database import Use


class CountLists(Job):
    """Changes no state. A rehearsal looks at no list, so it counts none."""

    order = 95
    turn = 1

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database, known = shift.office.database, list(shift.office.lists)
        if database.use is Use.TRIAL:
            return False
        with database.read() as tx:
            if not growth.is_due(tx, now):
                return False
            wanted = growth.next_list(tx, known, now)
            rows = growth.count(tx, wanted, now) if wanted is not None else []
        with database.write() as tx:
            if rows:
                growth.keep(tx, rows)
            else:
                growth.all_counted(tx, now)
        return bool(rows)
