"""Media that stand still, all their texts with them: until a person has done something, or for as long as they ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.publishing import standing
from worker.record import events
from worker.store.states import PublicationState
from worker.store.tables import stops


def stopped(tx: Connection, publication: Row[Any], reason: str, now: datetime) -> bool:
    """Nothing leaves by its medium until a person has done what `reason` says; this one waits, no attempt spent.

    Whether the medium was not standing still before.
    """
    if publication.state != PublicationState.UNKNOWN:  # what is in doubt stays so
        standing.put_back(tx, publication, PublicationState.SENDING, now, due_at=now, reason=reason)
    if not _stand(tx, publication.medium, reason, now, None):
        return False
    occurrence, medium = publication.occurrence_id, publication.medium
    events.append(tx, "medium.stopped", now, occurrence=occurrence, medium=medium, reason=reason)
    return True


def rest(tx: Connection, medium: str, reason: str, now: datetime, until: datetime) -> None:
    """Send nothing by a medium before `until`, as its other side asked."""
    _stand(tx, medium, reason, now, until)


def resume(tx: Connection, medium: str, now: datetime, *, person: str) -> bool:
    """Let what waits for a medium go on; False when it did not stand still."""
    gone = tx.execute(stops.delete().where(stops.c.medium == medium)).rowcount
    if gone:
        events.append(tx, "medium.resumed", now, medium=medium, person=person)
    return gone > 0


def any_rested(tx: Connection, now: datetime) -> bool:
    """Whether a medium has rested long enough."""
    return tx.execute(select(stops.c.medium).where(stops.c.until <= now).limit(1)).first() is not None


def go_on(tx: Connection, now: datetime) -> None:
    """End the rest of each that is over."""
    tx.execute(stops.delete().where(stops.c.until <= now))


def _stand(tx: Connection, medium: str, reason: str, now: datetime, until: datetime | None) -> bool:
    """False when it stands still already: then nothing was sent to it that could have found out more."""
    if tx.execute(select(stops).where(stops.c.medium == medium)).first() is not None:
        return False
    tx.execute(stops.insert().values(medium=medium, reason=reason, since=now, until=until))
    return True
