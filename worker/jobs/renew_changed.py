"""Watches asked and approved packages: when what surrounds one changes, its approval is void and is asked anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask
from worker.approval.validity import what_changed
from worker.jobs.base import Job, Shift, act_on_one, is_over
from worker.store.states import OccurrenceState


class RenewChanged(Job):
    """`asked` or `approved` with another digest or other approvers → `asked` with a new version."""

    order = 10

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            return not is_over(row, now) and what_changed(tx, shift.office, row) is not None

        def renew(tx: Connection, row: Row[Any]) -> bool:
            reason = what_changed(tx, shift.office, row)
            if reason is not None:
                ask.renew(tx, shift.office, row, now, reason)
            return reason is not None

        return act_on_one(shift, {OccurrenceState.ASKED, OccurrenceState.APPROVED}, due, renew)
