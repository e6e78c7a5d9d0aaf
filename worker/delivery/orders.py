"""What a person orders about the mailings of an occurrence: pause, go on, cancel, send again to those who were refused.

The commands and the coordinator's page give the same orders. Each holds from the next message on, because whoever sends
looks at the mailing in every group commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select, update

from worker.delivery import mailings, slices
from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.publishing import recall, standing
from worker.record import events, holds
from worker.store import tables
from worker.store.states import DeliveryState, MailingState, lock_occurrence, move
from worker.store.tables import deliveries, departures, recipients

LONGEST_REASON = 2000
CANCELLED = "cancelled"
"""The reply of rows that a cancellation closed."""


def pause(tx: Connection, office: Office, occurrence: str, now: datetime, *, person: str) -> int:
    """Stop until a person lets it go on; how many mailings and media. HlasatelError when nothing can be paused."""
    reason = _in_the_offices_words("cli.paused_by", person=office.person_name(person))
    # One that stands for the relay's sake would try again by itself.
    found = [row for row in _of(tx, occurrence) if row.state == MailingState.SENDING or row.resume_at is not None]
    for row in found:
        mailings.stop(tx, office, row, now, reason, person)
        if row.resume_at is not None:
            events.append(
                tx, "mailing.paused", now, occurrence=occurrence, person=person, mailing=row.id, reason=reason
            )
    return _some(len(found) + standing.pause(tx, occurrence), "cli.nothing_to_pause", occurrence)


def resume(tx: Connection, occurrence: str, now: datetime, *, person: str) -> int:
    """Let paused mailings, hand-offs and media go on; how many. HlasatelError when none is, or everything is held."""
    holds.refuse_sending(tx, occurrence, now)
    found = [row for row in _of(tx, occurrence) if row.state == MailingState.PAUSED]
    changed = sum(mailings.resume(tx, row.id, occurrence, now, person) for row in found)
    changed += queue.resume_hand_off(tx, occurrence, now) + standing.resume(tx, occurrence, now)
    return _some(changed, "cli.nothing_to_resume", occurrence)


def cancel(tx: Connection, office: Office, occurrence: str, now: datetime, *, reason: str, person: str) -> int:
    """Send nothing more of it, for good; how many mailings and media. HlasatelError when all is out or called off.

    Rows under way keep their outcome; what is open is closed by `expire_some`, here and in the worker's rounds.
    """
    lock_occurrence(tx, occurrence)
    key = "orders.cancelled_because" if reason else "orders.cancelled_by"
    words = _in_the_offices_words(key, person=office.person_name(person), reason=reason[:LONGEST_REASON])
    found = [row for row in _of(tx, occurrence) if row.state != MailingState.DONE and row.cancelled_at is None]
    for row in found:
        one = tables.mailings.c.id == row.id
        values = {"reason": words, "resume_at": None, "cancelled_at": now}
        if not move(tx, tables.mailings, MailingState.SENDING, MailingState.PAUSED, one, **values):
            tx.execute(update(tables.mailings).where(one).values(values))
        events.append(
            tx, "mailing.cancelled", now, occurrence=occurrence, person=person, mailing=row.id, comment=reason
        )
    called_off = recall.call_off(tx, office, occurrence, now, reason=words, person=person)
    return _some(len(found) + called_off, "orders.nothing_to_cancel", occurrence)


def expire_some(tx: Connection, now: datetime, mailing_id: int | None = None) -> bool:
    """Close the open rows of one slice of a cancelled mailing, of all or the one named; False when nothing was left.

    A slice that somebody still sends is waited for.
    """
    hold = slices.take(tx, CANCELLED, now, mailing_id=mailing_id, cancelled=True)
    if hold is None:
        return False
    of_slice = deliveries.c.mailing_id == hold.mailing_id, deliveries.c.recipient_id.between(hold.first, hold.last)
    for state in (DeliveryState.QUEUED, DeliveryState.RETRY):
        move(tx, deliveries, state, DeliveryState.EXPIRED, *of_slice, settled_at=now, reply=CANCELLED)
    return slices.free(tx, hold, now) is None


def finish_cancelled(office: Office, occurrence: str, now: datetime) -> None:
    """Close at once what can be closed of a cancelled occurrence, for whom no worker runs; the rest is the worker's.

    Slice by slice, so that nobody else waits long for the database.
    """
    with office.database.read() as tx:
        called_off = tables.mailings.c.occurrence_id == occurrence, tables.mailings.c.cancelled_at.is_not(None)
        ids = tx.execute(select(tables.mailings.c.id).where(*called_off)).scalars().all()
    for mailing_id in ids:
        more = True
        while more:
            with office.database.write() as tx:
                more = expire_some(tx, now, mailing_id)
        with office.database.write() as tx:
            if (row := mailings.next_to_close(tx, mailing_id)) is not None:
                mailings.close(tx, office, row, now)


def again(tx: Connection, occurrence: str, now: datetime, *, person: str) -> int:
    """Queue once more whoever was refused and has not left since; how many recipients.

    Their messages keep their Message-IDs: none of them was ever accepted. HlasatelError when there is nobody, when
    the mailing was cancelled, or while everything is held.
    """
    holds.refuse_sending(tx, occurrence, now)
    every = _of(tx, occurrence)
    found = [row for row in every if row.cancelled_at is None]
    if every and not found:
        raise HlasatelError(say("orders.cancelled_already", occurrence=occurrence))
    total = 0
    for row in found:
        if number := _queue_refused(tx, row, now):
            total += number
            done = tables.mailings.c.id == row.id
            move(tx, tables.mailings, MailingState.DONE, MailingState.SENDING, done, closed_at=None)
            events.append(
                tx, "mailing.again", now, occurrence=occurrence, person=person, mailing=row.id, recipients=number
            )
    return _some(total, "orders.nobody_failed", occurrence)


def _queue_refused(tx: Connection, mailing: Row[Any], now: datetime) -> int:
    of_mailing = tables.slices.c.mailing_id == mailing.id
    pieces = tx.execute(select(tables.slices).where(of_mailing).order_by(tables.slices.c.number)).all()
    total = 0
    for piece in pieces:
        if not piece.tallies.get(DeliveryState.FAILED):
            continue
        inside = deliveries.c.mailing_id == mailing.id, deliveries.c.recipient_id.between(piece.first, piece.last)
        total += move(
            tx, deliveries, DeliveryState.FAILED, DeliveryState.QUEUED, *inside, ~_left(mailing.lists),
            attempts=0, first_try_at=None, due_at=None, settled_at=None,
        )  # fmt: skip
        slices.refresh(tx, mailing.id, piece.number, now)
    return total


def _left(lists: Sequence[str]) -> ColumnElement[bool]:
    """Whether the row's recipient has left every list that the mailing is addressed to, or is suppressed."""
    left = select(func.count()).where(
        departures.c.recipient_id == deliveries.c.recipient_id, departures.c.list_id.in_(lists)
    )
    suppressed = exists().where(recipients.c.id == deliveries.c.recipient_id, recipients.c.suppressed != "")
    return or_(left.scalar_subquery() >= len(lists), suppressed)


def _of(tx: Connection, occurrence: str) -> Sequence[Row[Any]]:
    """The occurrence's mailings, held until the transaction ends."""
    found = select(tables.mailings).where(tables.mailings.c.occurrence_id == occurrence)
    return tx.execute(found.order_by(tables.mailings.c.id).with_for_update(key_share=True)).all()


def _some(number: int, nothing: str, occurrence: str) -> int:
    if not number:
        raise HlasatelError(say(nothing, occurrence=occurrence))
    return number


def _in_the_offices_words(key: str, **values: object) -> str:
    """What is kept is said in the office's language, whoever acts."""
    with speaking(office_language()):
        return say(key, **values)
