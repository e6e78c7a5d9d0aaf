"""Leaving with one click (RFC 8058). The token in the mail is the whole proof; asking twice changes nothing more."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience import tokens
from worker.record import events
from worker.settings import key_id
from worker.store.tables import deliveries, departures, mailings


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
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"recipient_id": leaving.recipient_id, "list_id": each, "left_at": now, "mailing_id": leaving.mailing_id}
        for each in leaving.lists
    ]
    added = insert(departures).values(rows).on_conflict_do_nothing().returning(departures.c.list_id)
    if not tx.execute(added).all():
        return False
    events.append(tx, "list.left", now, recipient=leaving.recipient_id, lists=list(leaving.lists))
    return True


def has_left(tx: Connection, leaving: Leaving) -> bool:
    """Whether the person is off every list the mailing was addressed to."""
    left = tx.execute(select(departures.c.list_id).where(departures.c.recipient_id == leaving.recipient_id)).scalars()
    return set(leaving.lists) <= set(left)
