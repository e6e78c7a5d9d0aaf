"""Leaving with one click (RFC 8058). The token in the mail is the whole proof; asking twice changes nothing more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience import tokens
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.record import events
from worker.settings import key_id
from worker.store.tables import deliveries, departures, mailings, memberships, recipients, subscriptions


@dataclass(frozen=True)
class Leaving:
    """What a token stands for: a recipient and the lists the mailing was addressed to."""

    mailing_id: int
    recipient_id: int
    occurrence_id: str
    lists: tuple[str, ...]


def token_hash(token: str) -> bytes:
    """What older versions stored of an unsubscribe token."""
    return hashlib.sha256(f"hlasatel/unsubscribe/{token}".encode()).digest()


def find(tx: Connection, keys: Sequence[bytes], token: str) -> Leaving | None:
    """The delivery a token came with, by whichever of `keys` it was made with; None for a wrong one."""
    by_key = ((key_id(key), tokens.read(key, token)) for key in keys)
    stands_for = next(((name, found) for name, found in by_key if found is not None), None)
    if stands_for is None:
        which = deliveries.c.unsubscribe_hash == token_hash(token)  # of a mailing that an older version froze
    else:
        name, (mailing_id, recipient_id) = stands_for
        which = and_(
            deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id == recipient_id, mailings.c.key_id == name
        )
    row = tx.execute(
        select(deliveries.c.mailing_id, deliveries.c.recipient_id, mailings.c.occurrence_id, mailings.c.lists)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(which)
    ).first()
    return Leaving(row.mailing_id, row.recipient_id, row.occurrence_id, tuple(row.lists)) if row else None


def leave(tx: Connection, leaving: Leaving, now: datetime) -> bool:
    """Take the person off the mailings of the addressed lists; False when that was done before."""
    return leave_lists(tx, leaving.recipient_id, leaving.lists, now, mailing_id=leaving.mailing_id)


def leave_lists(
    tx: Connection, recipient_id: int, lists: Iterable[str], now: datetime, *, mailing_id: int | None = None
) -> bool:
    """Take the person off the mailings of `lists`, and note that she withdrew what she agreed to for them.

    Memberships stay, so that an import does not bring her back. False when she had left all of them before.
    """
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    rows = [{"recipient_id": recipient_id, "list_id": each, "left_at": now, "mailing_id": mailing_id} for each in lists]
    added = insert(departures).values(rows).on_conflict_do_nothing().returning(departures.c.list_id)
    left = sorted(tx.execute(added).scalars()) if rows else []
    if not left:
        return False
    agreed = subscriptions.c.recipient_id == recipient_id, subscriptions.c.withdrawn_at.is_(None)
    tx.execute(update(subscriptions).where(*agreed, subscriptions.c.list_id.in_(left)).values(withdrawn_at=now))
    events.append(tx, "list.left", now, recipient=recipient_id, lists=left)
    return True


def leave_all(tx: Connection, office: Office, recipient_id: int, now: datetime) -> None:
    """Take the person off every list there is, and never write to her again, whoever puts her on one anew.

    Of a mailing under way she gets at most what has left already (I6). A person whom we hold no more is passed over.
    """
    known = select(recipients.c.address, recipients.c.suppressed).where(recipients.c.id == recipient_id)
    person = tx.execute(known).first()
    if person is None or person.suppressed == Reason.ERASED:
        return
    own = tx.execute(select(memberships.c.list_id).where(memberships.c.recipient_id == recipient_id)).scalars()
    hers = select(mailings.c.lists).join(deliveries, deliveries.c.mailing_id == mailings.c.id)
    mailed = tx.execute(hers.where(deliveries.c.recipient_id == recipient_id)).scalars()
    leave_lists(tx, recipient_id, sorted({*office.lists, *own, *(each for lists in mailed for each in lists)}), now)
    if suppress(tx, office, person.address, Reason.ASKED, now):
        events.append(tx, "recipient.suppressed", now, recipient=recipient_id, reason=Reason.ASKED)


def has_left(tx: Connection, leaving: Leaving) -> bool:
    """Whether the person is off every list the mailing was addressed to."""
    left = tx.execute(select(departures.c.list_id).where(departures.c.recipient_id == leaving.recipient_id)).scalars()
    return set(leaving.lists) <= set(left)
