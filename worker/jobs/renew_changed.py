"""Watches asked and approved packages: when what surrounds one changes, its approval is void and is asked anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, undrafted
from worker.approval.validity import what_changed
from worker.drafting.fields import DraftingError
from worker.jobs.base import Job, Shift, act_on_one, is_over
from worker.office import Office
from worker.store.states import OccurrenceState, lock_occurrence


class RenewChanged(Job):
    """`asked` or `approved` with another digest, templates or approvers → `asked` with a new version.

    One that cannot be made anew stays as it is and is not sent; it is tried again in the next round.
    """

    order = 10

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            ahead = row.id not in shift.aside and not is_over(row, now)
            return ahead and what_changed(tx, shift.office, row) is not None

        def renew(tx: Connection, row: Row[Any]) -> bool:
            reason = what_changed(tx, shift.office, row)
            if reason is None:
                return False
            try:
                with tx.begin_nested():
                    _renew(tx, shift.office, row, now, reason)
            except DraftingError as error:
                shift.aside.add(row.id)
                return undrafted.tell(tx, shift.office, row.id, str(error), now)
            return True

        return act_on_one(shift, {OccurrenceState.ASKED, OccurrenceState.APPROVED}, due, renew)


def _renew(tx: Connection, office: Office, row: Row[Any], now: datetime, reason: str) -> None:
    """Ask anew; rather fail than make a version that does not hold either, and write to everybody in every round."""
    ask.renew(tx, office, row, now, reason)
    asked = lock_occurrence(tx, row.id)
    assert asked is not None and what_changed(tx, office, asked) is None, "a renewed version that does not hold"
