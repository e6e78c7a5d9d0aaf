"""At the send time: checks the digest once more, freezes the audiences and notes what media get."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, undrafted
from worker.approval.decide import approved_package
from worker.approval.validity import what_changed
from worker.audience.members import Addressed, size
from worker.delivery.freeze import freeze
from worker.drafting import packages
from worker.drafting.fields import DraftingError
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over, stage
from worker.messages import say
from worker.office import Office
from worker.publishing import ledger, recall
from worker.store.states import OccurrenceState, move_occurrence


class StartSending(Job):
    """`approved` → `sending`, or back to `asked` when it is not what was approved any more."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            return row.id not in shift.aside and is_due(row, "send", now) and not is_over(row, now)

        def start(tx: Connection, row: Row[Any]) -> bool:
            try:
                with tx.begin_nested():
                    _start(tx, shift.office, row, now)
            except DraftingError as error:  # its new version cannot be made: it waits, and nothing goes out
                shift.aside.add(row.id)
                return undrafted.tell(tx, shift.office, row.id, str(error), now)
            return True

        # All at once: what is due at the same minute must not wait behind another's mailing until its deadline.
        started = False
        while act_on_one(shift, {OccurrenceState.APPROVED}, due, start):
            started = True
        return started


def _start(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    package = approved_package(tx, row.id)
    if reason := _unlike_approved(tx, office, row, package, now):
        ask.renew(tx, office, row, now, reason)
        return
    move_occurrence(tx, row.id, OccurrenceState.APPROVED, OccurrenceState.SENDING, now)
    for draft in packages.drafts_of(tx, package.id):
        if draft.channel == "email":
            freeze(tx, office, row.id, draft, Addressed.of(row), now)
        ledger.begin(tx, office, row, package, draft, now, stage(row, "deadline"))
    if row.corrects is not None:
        recall.put_right(tx, office, row, package.id, now)


def _unlike_approved(tx: Connection, office: Office, row: Row[Any], package: Row[Any], now: datetime) -> str | None:
    """Why this is not what was approved, in a sentence for the approver; None when it is (I4)."""
    if changed := what_changed(tx, office, row):
        return changed
    if not all(packages.has_files(tx, draft) for draft in packages.drafts_of(tx, package.id)):
        return say("validity.damaged")
    present = size(tx, office, Addressed.of(row), now)
    if _differs(office, package.audience or 0, present):
        return say("approval.audience_changed", shown=package.audience, now=present)
    return None


def _differs(office: Office, shown: int, present: int) -> bool:
    """Whether so many came or went since the approval that the approver must see the new number first."""
    limits = office.settings.delivery
    change = abs(present - shown)
    return change >= limits.audience_change_min and change > limits.audience_change_share * shown
