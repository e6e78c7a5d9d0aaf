"""What a person says of one publication: that it is out, that it will not be, or that it is to be tried once more.

Whoever calls holds the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.publishing import parts, standing
from worker.record import events, holds
from worker.store.states import PublicationState, move
from worker.store.tables import publications

_P = PublicationState
Test = Callable[[Row[Any]], bool]
_TELLABLE = frozenset({_P.ASKED, _P.DECLINED, _P.FAILED, _P.UNKNOWN, _P.EXPIRED, _P.WITHDRAWN})
_DECLINABLE = frozenset({_P.ASKED, _P.FAILED, _P.UNKNOWN, _P.EXPIRED})
_REPEATABLE = frozenset({_P.FAILED, _P.UNKNOWN, _P.EXPIRED})


def tellable(publication: Row[Any]) -> bool:
    """Whether a person may say that it is out."""
    return publication.state in _TELLABLE


def declinable(publication: Row[Any]) -> bool:
    """Whether a person may say that it will not be out this time."""
    return publication.state in _DECLINABLE


def repeatable(publication: Row[Any]) -> bool:
    """Whether a person may order one more try."""
    return publication.state in _REPEATABLE and publication.called_off_at is None


def told_out(
    tx: Connection, publication: Row[Any], now: datetime, *, address: str, note: str, person: str, whence: str = ""
) -> bool:
    """A person says that it is out; False when that was told before. The caller has locked the occurrence."""
    old = PublicationState(publication.state)
    if not tellable(publication):
        return False
    one = publications.c.id == publication.id
    values = {"address": address, "reason": note, "due_at": None, "settled_at": now}
    moved = move(tx, publications, old, _P.PUBLISHED, one, **values) == 1
    if moved:
        events.append(
            tx, "publication.told", now, occurrence=publication.occurrence_id, person=person, address=address,
            note=note, whence=whence, **parts.where(publication),
        )  # fmt: skip
    return moved


def told_not(tx: Connection, publication: Row[Any], now: datetime, *, note: str, person: str, whence: str = "") -> bool:
    """A person says that it will not be out this time, and why; False when it was told before what became of it."""
    one, old = publications.c.id == publication.id, PublicationState(publication.state)
    if not declinable(publication):
        return False
    moved = move(tx, publications, old, _P.DECLINED, one, reason=note, due_at=None, settled_at=now) == 1
    if moved:
        events.append(
            tx, "publication.declined", now, occurrence=publication.occurrence_id, person=person, note=note,
            whence=whence, **parts.where(publication),
        )  # fmt: skip
    return moved


def again(tx: Connection, publication: Row[Any], now: datetime, *, person: str) -> bool:
    """A person orders one more try of what failed or of what surely is not out; False for any other.

    HlasatelError while everything is held.
    """
    holds.refuse_sending(tx, publication.occurrence_id, now)
    old = PublicationState(publication.state)
    if not repeatable(publication):
        return False
    one = publications.c.id == publication.id
    values = {"due_at": now, "deadline": now + standing.AT_LEAST, "settled_at": None, "reason": ""}
    moved = move(tx, publications, old, _P.QUEUED, one, **values) == 1
    if moved:
        events.append(
            tx, "publication.again", now, occurrence=publication.occurrence_id, person=person,
            **parts.where(publication),
        )  # fmt: skip
    return moved
