"""At the send time: checks the digest once more, freezes the audiences and hands off what people publish by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, seats, undrafted
from worker.approval.decide import approved_package
from worker.approval.validity import what_changed
from worker.audience.members import Addressed, size
from worker.delivery.freeze import freeze
from worker.drafting import packages
from worker.drafting.fields import DraftingError
from worker.drafting.publishers import length, publisher
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over
from worker.kinds import kind_name
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.record import embargoes, events
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
        else:
            _hand_off(tx, office, row, package, draft, now)


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


def _hand_off(tx: Connection, office: Office, row: Row[Any], package: Row[Any], draft: Row[Any], now: datetime) -> None:
    person = publisher(office, draft.kind, row.in_charge)
    release = next((each for each in seats.live(tx, package.id) if each.emergency), None)
    basis = say("notices.handoff_approved")
    if release is not None:
        who = office.person_name(release.person)
        basis = say("notices.handoff_released", who=who, comment=release.comment)
    if end := embargoes.end(tx, package.id):
        basis = f"{basis} {say('archive.handoff_embargo', until=embargoes.in_words(end))}"
    queue.put(
        tx, f"handoff/{draft.id}", "handoff", person, now, occurrence_id=row.id, package_id=package.id,
        only=draft.kind, what=kind_name(draft.kind), length=length(draft.kind, draft.fields),
        basis=basis,
    )  # fmt: skip
    events.append(tx, "handoff.queued", now, occurrence=row.id, draft=draft.kind, asked=person)
