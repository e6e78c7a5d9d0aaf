"""Puts a finished package before its approvers. A late one is asked at once, with the same deadline; a hold waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask
from worker.approval.validity import what_changed
from worker.drafting import packages
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over
from worker.record import holds
from worker.store.states import OccurrenceState


class AskApproval(Job):
    """`preparing` → `asked`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            return is_due(row, "ask", now) and not is_over(row, now) and not holds.covers(tx, row)

        def submit(tx: Connection, row: Row[Any]) -> bool:
            package = packages.latest(tx, row.id)
            if package is None:
                return False
            package_id = package.id
            if changed := what_changed(tx, shift.office, row):  # since it was drafted
                package_id = packages.renewed(tx, shift.office, row, package, now, reason=changed)
            ask.submit(tx, shift.office, row, package_id, now)
            return True

        return act_on_one(shift, {OccurrenceState.PREPARING}, due, submit)
