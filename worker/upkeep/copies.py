"""Noticing a copy of the database that must not work, saying what is in doubt of it, and letting it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from worker.delivery import recover, slices
from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.publishing import ledger
from worker.record import events, tallies
from worker.store import copies, tables
from worker.store.copies import Held
from worker.store.database import Database
from worker.store.states import (
    FINAL_DELIVERIES,
    MailingState,
    OccurrenceState,
    PublicationState,
    lock_every_occurrence,
    move_occurrence,
)
from worker.store.tables import installation, mailings, occurrences, publications

_UNSENT = frozenset(
    {
        OccurrenceState.PLANNED,
        OccurrenceState.PREPARING,
        OccurrenceState.ASKED,
        OccurrenceState.RETURNED,
        OccurrenceState.APPROVED,
    }
)


def refuse_to_work(database: Database, now: datetime) -> None:
    """Raises CopyHeld when nothing may leave this copy; notes and records that when it is noticed only now."""
    with database.read() as tx:
        row, why = copies.standing(tx), why_held(database, tx)
    if why is None:
        return
    if row is None or not row.held:
        with database.write() as tx:
            copies.hold(tx, why, held_at=now, as_of=_last_known(tx))
            events.append(tx, "copy.held", now, why=str(why))
    raise copies.refusal(why)


def why_held(database: Database, tx: Connection) -> Held | None:
    """Why nothing may leave this copy, as it stands in it or as its place tells; None when it may work."""
    row = copies.standing(tx)
    if row is not None and row.held:
        return Held(row.held)
    mark = copies.mark_of(database, tx)
    if row is not None and mark and not copies.same_place(row.mark, mark):
        return Held.MOVED
    return Held.OLDER if copies.went_back(database, tx) else None


def _last_known(tx: Connection) -> datetime | None:
    """When the last thing that this copy knows of was recorded; None when nothing was."""
    row = tables.events.c
    return tx.execute(select(row.at).order_by(row.seq.desc()).limit(1)).scalar()


@dataclass(frozen=True)
class Doubts:
    """What the original may have done since this copy parted from it.

    `mailings`: those under way → how many of their rows are open. `missed`: occurrences whose send time has come,
    `ahead`: approved ones whose time has not.
    """

    as_of: datetime | None
    mailings: Sequence[tuple[Row[Any], int]]
    publications: Sequence[Row[Any]]
    missed: Sequence[Row[Any]]
    ahead: Sequence[Row[Any]]

    def __bool__(self) -> bool:
        return bool(self.mailings or self.publications or self.missed)


def doubts(tx: Connection, now: datetime) -> Doubts:
    """What would be in doubt if this copy were let go at `now`."""
    row = copies.standing(tx)
    under_way = select(mailings).where(mailings.c.state != MailingState.DONE).order_by(mailings.c.id)
    counted = [(each, _open(tx, each.id)) for each in tx.execute(under_way).all()]
    waiting = publications.c.state == PublicationState.QUEUED, publications.c.channel != ledger.HAND_OFF
    with_drafts = occurrences.c.kinds != [], occurrences.c.send_at.is_not(None)
    by_time = select(occurrences).order_by(occurrences.c.send_at, occurrences.c.id).where(*with_drafts)
    return Doubts(
        row.as_of if row is not None else None,
        [(each, number) for each, number in counted if number],
        tx.execute(select(publications).where(*waiting, publications.c.due_at <= now)).all(),
        tx.execute(by_time.where(occurrences.c.state.in_(_UNSENT), occurrences.c.send_at <= now)).all(),
        tx.execute(by_time.where(occurrences.c.state == OccurrenceState.APPROVED, occurrences.c.send_at > now)).all(),
    )


def _open(tx: Connection, mailing_id: int) -> int:
    totals = tallies.of_mailing(tx, mailing_id)
    return sum(number for state, number in totals.items() if state not in FINAL_DELIVERIES)


@dataclass(frozen=True)
class Released:
    """How many deliveries, publications and occurrences a person is asked about now."""

    deliveries: int
    publications: int
    missed: int


def release(office: Office, now: datetime, *, person: str, reason: str, nothing_since: bool) -> Released:
    """Let this copy work here. HlasatelError when it may work already.

    Unless `nothing_since` happened in the original: nothing that it may have sent meanwhile is sent by itself.
    """
    database = office.database
    with database.write() as tx:
        row = copies.standing(tx)
        if row is None or not row.held:
            raise HlasatelError(say("copies.not_held"))
        lock_every_occurrence(tx)
        settled = Released(0, 0, 0) if nothing_since else _doubt(tx, office, row.as_of or now, now)
        copy_id = copies.let_go(tx, database)
        tx.execute(delete(tables.heartbeats))  # of processes that work on the original
        epoch = tx.execute(select(installation.c.epoch)).scalar_one()
        events.append(
            tx, "copy.released", now, person=person, reason=reason, was=row.held, nothing_since=nothing_since,
            deliveries=settled.deliveries, publications=settled.publications, missed=settled.missed,
        )  # fmt: skip
    copies.note(database, copy_id, epoch)
    return settled


def _doubt(tx: Connection, office: Office, since: datetime, now: datetime) -> Released:
    under_way = tx.execute(select(mailings.c.id).where(mailings.c.state != MailingState.DONE)).scalars().all()
    deliveries = recover.all_open(tx, now)
    numbers = select(tables.slices.c.mailing_id, tables.slices.c.number)
    for piece in tx.execute(numbers.where(tables.slices.c.mailing_id.in_(under_way))).all():
        slices.refresh(tx, piece.mailing_id, piece.number, now)
    published = ledger.copied(tx, since, now)
    missed = doubts(tx, now).missed
    for row in missed:
        _miss(tx, office, row, now)
    return Released(deliveries, published, len(missed))


def _miss(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.MISSED, now)
    with speaking(office_language()):
        why = say("copies.why_missed")
    events.append(tx, "occurrence.missed", now, occurrence=row.id, was=row.state)
    events.append(tx, "occurrence.in_doubt", now, occurrence=row.id, why=why)
    queue.withdraw(tx, row.id, now)
    queue.put(
        tx, queue.missed_key(row.id, row.send_at), "missed", office.settings.coordinator, now,
        occurrence_id=row.id, why=why,
    )  # fmt: skip
