"""Sends approved texts to the media beside the lists, each by its channel, and does what an error's remedy asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import seats
from worker.channels import all_channels
from worker.channels.base import OutcomeUnknown, Permanent, Receipt, RetryLater, StopChannel
from worker.drafting.places import options_of
from worker.drafting.publishers import length
from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift
from worker.kinds import kind_name
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.publishing import ledger
from worker.publishing.couriers import Errand, Outcome, carried
from worker.publishing.message import message_of
from worker.record import embargoes, events
from worker.store.database import Use
from worker.store.states import PublicationState
from worker.store.tables import drafts, publications


class Publish(Job):
    """Publication `queued` → `sending` → `published`, or `asked`, back to `queued`, `failed`, `unknown` → found or not.

    What takes a while is sent beside everything else, one text of a medium at a time.
    """

    order = 55

    def do_one(self, shift: Shift, now: datetime) -> bool:
        came = shift.couriers.come_back()
        for outcome in came:
            _write_down(shift.office, outcome, now)
        if came:
            return True
        with shift.office.database.read() as tx:
            row = ledger.next_due(tx, now, shift.couriers.busy)
            late = row is None and ledger.any_late(tx, now)
        if late:
            with shift.office.database.write() as tx:
                return ledger.expire(tx, now) > 0
        return row is not None and shift.couriers.free and _begin(shift, row, now)

    def wait(self, shift: Shift) -> bool:
        return shift.couriers.wait(shift.stopping)


def settle(shift: Shift) -> None:
    """Wait for what is under way when a shift ends, and write down what came of it."""
    for outcome in shift.couriers.leave():
        _write_down(shift.office, outcome, shift.clock.now())


def _begin(shift: Shift, row: Row[Any], now: datetime) -> bool:
    """The intent is committed, then the channel is called."""
    office, channel = shift.office, all_channels()[row.channel]
    looks = row.state == PublicationState.UNKNOWN
    with office.database.write() as tx:
        if not looks and not ledger.intend(tx, row, now):
            return False
        row = tx.execute(select(publications).where(publications.c.id == row.id)).one()
        medium = ledger.medium_of(office, row)
        try:
            message = message_of(tx, office, row, made_up=shift.clock.simulated)
        except HlasatelError as error:
            ledger.failed(tx, row, str(error), now)
            _tell(tx, office, row, "publication_failed", str(error), now)
            return True
    options = options_of(medium) if medium is not None else channel.options()
    errand = Errand(row, channel, message, options, looks)
    if channel.beside and office.database.use is not Use.TRIAL:
        shift.couriers.begin(errand)
    else:
        _write_down(office, _rehearsed(errand) if channel.beside else carried(errand), now)
    return True


def _rehearsed(errand: Errand) -> Outcome:
    """A plan that is only played reaches nobody."""
    return Outcome(errand, Receipt())


def _write_down(office: Office, outcome: Outcome, now: datetime) -> None:
    row, error = outcome.errand.publication, outcome.error
    with office.database.write() as tx:
        if outcome.receipt is not None:
            ledger.published(tx, row, outcome.receipt, now)
            if outcome.receipt.asked:
                _hand_off(tx, office, row, now)
        elif error is None:
            ledger.not_there(tx, row, now)
        elif isinstance(error, RetryLater):
            if not ledger.later(tx, row, str(error), error.after, now):
                _tell(tx, office, row, "publication_failed", str(error), now)
        elif isinstance(error, StopChannel):
            if ledger.stopped(tx, row, str(error), now):
                _tell(tx, office, row, "medium_stopped", str(error), now)
        elif isinstance(error, OutcomeUnknown) and not outcome.errand.looks:
            ledger.doubted(tx, row, now, str(error))
        elif isinstance(error, OutcomeUnknown):
            ledger.to_a_person(tx, row, now, str(error))
            _tell(tx, office, row, "publication_doubtful", str(error), now)
        else:
            assert isinstance(error, Permanent), "the remedies that there are"
            ledger.failed(tx, row, str(error), now)
            _tell(tx, office, row, "publication_failed", str(error), now)


def _tell(tx: Connection, office: Office, row: Row[Any], kind: str, reason: str, now: datetime) -> None:
    queue.put(
        tx, f"{kind}/{row.id}/{row.attempts}", kind, office.settings.coordinator, now, occurrence_id=row.occurrence_id,
        medium=office.medium_name(row.medium), reason=reason, id=row.medium,
    )  # fmt: skip


def _hand_off(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    draft = tx.execute(select(drafts).where(drafts.c.id == row.draft_id)).one()
    release = next((each for each in seats.live(tx, draft.package_id) if each.emergency), None)
    basis = say("notices.handoff_approved")
    if release is not None:
        who = office.person_name(release.person)
        basis = say("notices.handoff_released", who=who, comment=release.comment)
    if end := embargoes.end(tx, draft.package_id):
        basis = f"{basis} {say('archive.handoff_embargo', until=embargoes.in_words(end))}"
    hers = [each for each in ledger.of_draft(tx, draft.id) if each.person == row.person and each.medium]
    media = ", ".join(office.medium_name(each.medium) for each in hers)
    where = say("publishing.handoff_where", medium=media) if media else ""
    ledger.put_hand_off(
        tx, row, now, package_id=draft.package_id, only=draft.kind, what=kind_name(draft.kind),
        length=length(draft.kind, draft.fields), basis=basis, where=where,
    )  # fmt: skip
    events.append(
        tx, "handoff.queued", now, occurrence=row.occurrence_id, draft=draft.kind, asked=row.person, medium=row.medium
    )
