"""Puts a finished package before its approvers. A late one is asked at once, with the same deadline; a hold waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, undrafted
from worker.approval.validity import what_changed
from worker.drafting import packages
from worker.drafting.fields import DraftingError
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over
from worker.record import holds
from worker.store.states import OccurrenceState


class AskApproval(Job):
    """`preparing` → `asked`. One that cannot be made anew, because it changed, is tried again in the next round."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            ahead = row.id not in shift.aside and is_due(row, "ask", now) and not is_over(row, now)
            return ahead and not holds.covers(tx, row)

        def submit(tx: Connection, row: Row[Any]) -> bool:
            package = packages.latest(tx, row.id)
            if package is None:
                return False
            package_id = package.id
            try:
                if changed := what_changed(tx, shift.office, row):  # since it was drafted
                    with tx.begin_nested():
                        package_id = packages.renewed(tx, shift.office, row, package, now, reason=changed)
            except DraftingError as error:
                shift.aside.add(row.id)
                return undrafted.tell(tx, shift.office, row.id, str(error), now)
            ask.submit(tx, shift.office, row, package_id, now)
            return True

        return act_on_one(shift, {OccurrenceState.PREPARING}, due, submit)
