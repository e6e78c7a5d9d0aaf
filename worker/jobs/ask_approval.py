"""Puts a finished package before its approvers. A late one is asked at once, with the same deadline."""

from __future__ import annotations

from datetime import datetime

from worker.approval import ask
from worker.drafting import packages
from worker.jobs.base import Job, Shift, in_state, is_due
from worker.store.states import OccurrenceState


class AskApproval(Job):
    """`preparing` → `asked`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.write() as tx:
            for row in in_state(tx, OccurrenceState.PREPARING, tasks=False):
                package = packages.latest(tx, row.id)
                if package is not None and is_due(row, "ask", now) and now <= ask.deadline(row):
                    ask.submit(tx, shift.office, row, package.id, now)
                    return True
        return False
