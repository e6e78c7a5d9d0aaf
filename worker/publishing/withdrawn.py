"""What was withdrawn from the public and is still out elsewhere: whoever took it down says so, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.channels import all_channels
from worker.record import events
from worker.store.states import PublicationState
from worker.store.tables import postings, publications, withdrawals


def to_come_down(tx: Connection, publication: Row[Any]) -> bool:
    """Whether it is out where we cannot take it back, although its occurrence was withdrawn.

    What hangs on a notice board is told of there (`boards.removed`).
    """
    channel = all_channels().get(publication.channel)
    if publication.state != PublicationState.PUBLISHED or publication.down_at is not None:
        return False
    if channel is None or channel.takes_back:
        return False
    gone = select(withdrawals.c.at).where(withdrawals.c.occurrence_id == publication.occurrence_id)
    hangs = select(postings.c.publication_id).where(postings.c.publication_id == publication.id)
    return tx.execute(gone).first() is not None and tx.execute(hangs).first() is None


def told_down(tx: Connection, publication: Row[Any], now: datetime, *, person: str, whence: str = "") -> bool:
    """A person says that it is down; False when nobody waits for that. The caller has locked the occurrence."""
    if not to_come_down(tx, publication):
        return False
    tx.execute(update(publications).where(publications.c.id == publication.id).values(down_at=now))
    events.append(
        tx, "publication.down", now, occurrence=publication.occurrence_id, medium=publication.medium, person=person,
        whence=whence,
    )  # fmt: skip
    return True
