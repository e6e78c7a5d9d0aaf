"""Sends approved texts to the media beside the lists, each by its channel, and does what an error's remedy asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import anew, seats
from worker.channels import all_channels
from worker.channels.base import (
    AnyChannel,
    ChannelError,
    Options,
    OutcomeUnknown,
    Permanent,
    Receipt,
    RetryLater,
    StopChannel,
)
from worker.drafting.places import options_of
from worker.drafting.publishers import length
from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift
from worker.kinds import kind_name
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.publishing import ledger, rests
from worker.publishing.couriers import Errand, Outcome
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
        if came is not None:
            _write_down(shift.office, came, now)
            _raise_defects(came)
            return True
        with shift.office.database.read() as tx:
            row = ledger.next_due(tx, now, shift.couriers.busy)
            over = row is None and (ledger.any_late(tx, now) or rests.any_rested(tx, now))
        if over:
            with shift.office.database.write() as tx:
                rests.go_on(tx, now)
                for each in ledger.expire(tx, now):
                    reason = f"{say('publishing.too_late')} {each.reason}".strip()
                    _tell(tx, shift.office, each, "publication_failed", reason, now)
            return True
        return row is not None and shift.couriers.free and _begin(shift, row, now)

    def wait(self, shift: Shift) -> bool:
        return shift.couriers.wait(shift.stopping)


def settle(shift: Shift) -> None:
    """Wait for what is under way when a shift ends, and write down what came of it."""
    outcomes = shift.couriers.leave()
    for outcome in outcomes:
        _write_down(shift.office, outcome, shift.clock.now())
    _raise_defects(*outcomes)


def _begin(shift: Shift, row: Row[Any], now: datetime) -> bool:
    """The intent is committed, then the channel is called."""
    office, looks = shift.office, row.state == PublicationState.UNKNOWN
    with office.database.write() as tx:
        if not looks and not ledger.intend(tx, row, now):
            return False
        row = tx.execute(select(publications).where(publications.c.id == row.id)).one()
        try:
            channel, options = _way(office, row)
            message = message_of(tx, office, row, made_up=shift.clock.simulated, now=now)
        except HlasatelError as error:
            _give_up(tx, office, row, str(error), now)
            return True
    errand = Errand(row, channel, message, options, looks)
    if channel.beside and office.database.use is not Use.TRIAL:
        shift.couriers.begin(errand)
    else:
        outcome = _rehearsed(errand) if channel.beside else shift.couriers.carry(errand)
        _write_down(office, outcome, now)
        _raise_defects(outcome)
    return True


def _rehearsed(errand: Errand) -> Outcome:
    """A plan that is only played reaches nobody."""
    return Outcome(errand, Receipt())


def _way(office: Office, row: Row[Any]) -> tuple[AnyChannel, Options]:
    """Its channel, with what the file says of its medium now; HlasatelError when neither is there any more."""
    channel, medium = all_channels().get(row.channel), ledger.medium_of(office, row)
    if channel is None or (row.medium and (medium is None or medium.channel != row.channel)):
        raise HlasatelError(say("publishing.gone_medium"))
    return channel, channel.options() if medium is None else options_of(medium)


def _write_down(office: Office, outcome: Outcome, now: datetime) -> None:
    row, error = outcome.errand.publication, outcome.error
    with office.database.write() as tx:
        if outcome.receipt is not None:
            if ledger.published(tx, row, outcome.receipt, now):
                _hand_off(tx, office, row, now)
        elif outcome.defect is not None:
            _give_up(tx, office, row, say("publishing.broke"), now, doubtful=True)
        elif error is None:
            if ended := ledger.not_there(tx, row, now):
                doubtful = ended[0] == PublicationState.UNKNOWN
                _tell(tx, office, row, "publication_doubtful" if doubtful else "publication_failed", ended[1], now)
        else:
            _remedy(tx, office, outcome, error, now)


def _raise_defects(*outcomes: Outcome) -> None:
    """What a channel should not have raised ends the round like any other defect, now that its row is set aside."""
    for outcome in outcomes:
        if outcome.defect is not None:
            raise outcome.defect


def _remedy(tx: Connection, office: Office, outcome: Outcome, error: ChannelError, now: datetime) -> None:
    row, looks = outcome.errand.publication, outcome.errand.looks
    if isinstance(error, RetryLater):
        if error.whole and error.after is not None:
            rests.rest(tx, row.medium, str(error), now, now + error.after)
        if not ledger.later(tx, row, str(error), error.after, now):
            _tell(tx, office, row, "publication_doubtful" if looks else "publication_failed", str(error), now)
    elif isinstance(error, StopChannel):
        if rests.stopped(tx, row, str(error), now):
            _tell(tx, office, row, "medium_stopped", str(error), now)
    elif isinstance(error, OutcomeUnknown) and not looks:
        ledger.doubted(tx, row, now, str(error))
    else:
        assert looks or isinstance(error, Permanent), "the remedies that there are"
        if not looks and isinstance(error, Permanent) and error.part:
            notice, reason = anew.told(tx, office, row, error.part, str(error), now)
            ledger.failed(tx, row, reason, now)
            _tell(tx, office, row, notice, reason, now)
        else:
            _give_up(tx, office, row, str(error), now)


def _give_up(
    tx: Connection, office: Office, row: Row[Any], reason: str, now: datetime, *, doubtful: bool = False
) -> None:
    """Leave it to a person: as failed, or where it may be out all the same, as something to look for."""
    if row.state == PublicationState.UNKNOWN:
        ledger.to_a_person(tx, row, now, reason)
    elif doubtful:
        ledger.doubted(tx, row, now, reason, look=False)
    else:
        ledger.failed(tx, row, reason, now)
    doubtful = doubtful or row.state == PublicationState.UNKNOWN
    _tell(tx, office, row, "publication_doubtful" if doubtful else "publication_failed", reason, now)


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
    kind = "publication.handed" if row.medium else "handoff.queued"
    events.append(tx, kind, now, occurrence=row.occurrence_id, draft=draft.kind, asked=row.person, medium=row.medium)
