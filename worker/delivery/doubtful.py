"""Deliveries whose outcome nobody knows: finding them, a person's word on them, and what the relay's log says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.delivery import identity, postfix, slices
from worker.delivery.postfix import Verdict
from worker.delivery.recover import COPIED
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events, holds, mailing_counts
from worker.store import tables
from worker.store.states import DeliveryState, MailingState, move
from worker.store.tables import deliveries, mailings

_ENDS = {Verdict.DELIVERED: DeliveryState.SENT, Verdict.RETURNED: DeliveryState.FAILED}
_ADDRESS = re.compile(r"[^\s<>()\[\]:,;]+@[^\s<>()\[\],;]+")


@dataclass(frozen=True)
class Reconciled:
    """What a log settled, `sent` and `failed`, and what it did not.

    `under_way`: the relay still tries; `not_found`: the log says nothing of it, or not that the relay took it; `again`:
    the same, but it is sent now, as the log is complete.
    """

    sent: int
    failed: int
    under_way: int
    not_found: int
    again: int = 0


def unknown(tx: Connection, occurrence: str | None = None) -> list[Row[Any]]:
    """Every delivery, of all or of one occurrence, that must be settled, with its mailing's facts.

    Only slices that count such rows are looked into.
    """
    pieces = select(tables.slices).join(mailings).order_by(mailings.c.id, tables.slices.c.number)
    if occurrence is not None:
        pieces = pieces.where(mailings.c.occurrence_id == occurrence)
    facts = mailings.c.occurrence_id, mailings.c.key_id, mailings.c.domain, mailings.c.cancelled_at
    rows = select(deliveries, *facts).join(mailings).where(deliveries.c.state == DeliveryState.UNKNOWN)
    found: list[Row[Any]] = []
    for piece in tx.execute(pieces):
        if piece.tallies.get(DeliveryState.UNKNOWN):
            inside = deliveries.c.recipient_id.between(piece.first, piece.last)
            of_slice = rows.where(deliveries.c.mailing_id == piece.mailing_id, inside)
            found += tx.execute(of_slice.order_by(deliveries.c.recipient_id)).all()
    return found


def message_id(office: Office, row: Row[Any]) -> str:
    """The Message-ID of a delivery found by `unknown`; HlasatelError when its mailing's key is missing."""
    derived = identity.of_mailing(office.settings, row.mailing_id, row.key_id, row.domain)
    return derived.message_id(row.recipient_id)


def settle(tx: Connection, occurrence: str, address: str, new: DeliveryState, now: datetime, person: str) -> int:
    """A person's word on deliveries of `occurrence` to `address` that are unknown: sent, failed, or queued again.

    Returns how many rows it settled. HlasatelError when there is none, or when nothing of it may be sent again: the
    mailing was cancelled, or everything is held.
    """
    if new is DeliveryState.QUEUED:
        holds.refuse_sending(tx, occurrence, now)
    rows = tx.execute(
        select(deliveries.c.mailing_id, deliveries.c.recipient_id, mailings.c.cancelled_at)
        .join(mailings)
        .where(
            mailings.c.occurrence_id == occurrence,
            deliveries.c.address == address,
            deliveries.c.state == DeliveryState.UNKNOWN,
        )
    ).all()
    if not rows:
        raise HlasatelError(say("delivery.not_unknown", occurrence=occurrence, address=address))
    if new is DeliveryState.QUEUED and any(row.cancelled_at is not None for row in rows):
        raise HlasatelError(say("orders.cancelled_already", occurrence=occurrence))
    for row in rows:
        _move(tx, row, new, "settled by a person", now)
        slices.refresh(tx, row.mailing_id, slices.number_of(tx, row.mailing_id, row.recipient_id), now)
        mailing_counts.outdated(tx, row.mailing_id)
        if new is DeliveryState.QUEUED:
            move(tx, mailings, MailingState.DONE, MailingState.SENDING, mailings.c.id == row.mailing_id)
        events.append(
            tx, "mailing.settled", now, occurrence=occurrence, person=person, recipient=row.recipient_id,
            outcome=str(new),
        )  # fmt: skip
    return len(rows)


def reconcile(
    office: Office, lines: Iterable[str], now: datetime, person: str, *, complete: bool = False
) -> Reconciled:
    """Settle what the lines of a Postfix log, oldest first, prove: taken over elsewhere is sent, returned is failed.

    What the relay still tries stays unknown, for a newer log to settle. Nothing is written before the log was read.
    `complete`: the log tells all that the relay took since the database was copied, so what was open then and is not
    taken in it is sent now. HlasatelError when it does not reach back so far.
    """
    with office.database.read() as tx:
        rows = {message_id(office, row): row for row in unknown(tx)}
        before = _last_before(tx, office, rows.values()) if complete else {}
    found = postfix.read(lines, rows.keys() | before.keys())
    if missing := [occurrence for name, occurrence in before.items() if name not in found]:
        raise HlasatelError(say("delivery.log_too_short", occurrence=missing[0]))
    untaken = [row for name, row in rows.items() if complete and _not_taken(row, found.get(name))]
    settled: dict[tuple[int, str], Counter[DeliveryState]] = {}
    with office.database.write() as tx:
        for name, (verdict, reply) in sorted((name, (each.verdict, each.reply)) for name, each in found.items()):
            row, new = rows.get(name), _ENDS.get(verdict)
            told = f"the relay's log: {verdict} {_discreet(reply)}".strip()
            if row is not None and new is not None and _move(tx, row, new, told, now):
                settled.setdefault((row.mailing_id, row.occurrence_id), Counter())[new] += 1
        for row in untaken:
            holds.refuse_sending(tx, row.occurrence_id, now)
            if _move(tx, row, DeliveryState.QUEUED, "not in the relay's log", now):
                settled.setdefault((row.mailing_id, row.occurrence_id), Counter())[DeliveryState.QUEUED] += 1
        for (mailing_id, occurrence), ends in sorted(settled.items()):
            _counted_anew(tx, mailing_id, now, goes_on=ends[DeliveryState.QUEUED] > 0)
            events.append(
                tx, "mailing.reconciled", now, occurrence=occurrence, person=person, mailing=mailing_id,
                sent=ends[DeliveryState.SENT], failed=ends[DeliveryState.FAILED], again=ends[DeliveryState.QUEUED],
            )  # fmt: skip
    total: Counter[DeliveryState] = sum(settled.values(), Counter())
    tried = sum(each.verdict is Verdict.UNDER_WAY and name in rows for name, each in found.items())
    ended = total[DeliveryState.SENT], total[DeliveryState.FAILED]
    again = total[DeliveryState.QUEUED]
    return Reconciled(*ended, tried, len(rows) - sum(ended) - tried - again, again)


def _last_before(tx: Connection, office: Office, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Of each mailing that was under way when the database was copied the last message sent before: its Message-ID →
    the occurrence. A log that knows it reaches back to then.
    """
    facts = {row.mailing_id: row for row in rows if row.reply == COPIED}
    last: dict[str, str] = {}
    for mailing_id, row in facts.items():
        sent = deliveries.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.SENT
        newest = select(deliveries.c.recipient_id).where(*sent).order_by(deliveries.c.settled_at.desc()).limit(1)
        if (recipient_id := tx.execute(newest).scalar()) is not None:
            derived = identity.of_mailing(office.settings, mailing_id, row.key_id, row.domain)
            last[derived.message_id(recipient_id)] = row.occurrence_id
    return last


def _not_taken(row: Row[Any], found: postfix.Found | None) -> bool:
    """Whether a complete log says that the relay never took a message that was open when the database was copied."""
    taken = found is not None and found.verdict is not Verdict.NOT_TAKEN
    return row.reply == COPIED and row.cancelled_at is None and not taken


def _move(tx: Connection, row: Any, new: DeliveryState, reply: str, now: datetime) -> bool:
    """False when somebody else has settled it meanwhile. The mailing is then to be counted anew."""
    found = deliveries.c.mailing_id == row.mailing_id, deliveries.c.recipient_id == row.recipient_id
    at = None if new is DeliveryState.QUEUED else now
    return move(tx, deliveries, DeliveryState.UNKNOWN, new, *found, settled_at=at, reply=reply) > 0


def _counted_anew(tx: Connection, mailing_id: int, now: datetime, *, goes_on: bool) -> None:
    numbers = select(tables.slices.c.number).where(tables.slices.c.mailing_id == mailing_id)
    for number in tx.execute(numbers.order_by(tables.slices.c.number)).scalars().all():
        slices.refresh(tx, mailing_id, number, now)
    mailing_counts.outdated(tx, mailing_id)
    if goes_on:
        move(tx, mailings, MailingState.DONE, MailingState.SENDING, mailings.c.id == mailing_id, closed_at=None)


def _discreet(reply: str) -> str:
    return _ADDRESS.sub("…", reply)
