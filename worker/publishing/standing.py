"""What keeps back a publication that is not out: a hold, a person's pause, or that it was called off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.record import holds
from worker.store.states import PublicationState, lock_occurrence, move
from worker.store.tables import publications

AT_LEAST = timedelta(days=1)
"""What a person lets go on has this long, whatever its deadline was: it passed while nothing could be done."""
_P = PublicationState


def pause(tx: Connection, occurrence_id: str) -> int:
    """Keep back what has not been tried yet, for as long as it takes; how many."""
    return move(tx, publications, _P.QUEUED, _P.PAUSED, publications.c.occurrence_id == occurrence_id)


def resume(tx: Connection, occurrence_id: str, now: datetime) -> int:
    """Let it go on, what waits for the end of an embargo not before that; how many."""
    row = publications.c
    waiting = tx.execute(select(publications).where(row.occurrence_id == occurrence_id, row.state == _P.PAUSED)).all()
    for each in waiting:
        due = max(each.due_at or now, now)
        move(
            tx, publications, _P.PAUSED, _P.QUEUED, row.id == each.id,
            due_at=due, deadline=max(each.deadline or due, due + AT_LEAST),
        )  # fmt: skip
    return len(waiting)


def put_back(tx: Connection, publication: Row[Any], old: PublicationState, now: datetime, **values: Any) -> bool:
    """It stands in `old` and surely is not out: it waits again, `values` say until when. False when it is not there.

    While everything is held, or a person paused it, it waits for her; what was called off meanwhile is over.
    """
    one, kept = publications.c.id == publication.id, kept_back(tx, publication)
    if kept is _P.WITHDRAWN:
        return move(tx, publications, old, _P.WITHDRAWN, one, due_at=None, settled_at=now) == 1
    return move(tx, publications, old, kept or _P.QUEUED, one, **values) == 1


def kept_back(tx: Connection, publication: Row[Any]) -> PublicationState | None:
    """Where it belongs when it is not to come out now: called off, or held with everything else; None when it may."""
    occurrence = lock_occurrence(tx, publication.occurrence_id)  # a hold that begins at this moment is waited for
    row = publications.c
    if tx.execute(select(row.called_off_at).where(row.id == publication.id)).scalar_one() is not None:
        return _P.WITHDRAWN
    return _P.PAUSED if occurrence is not None and holds.covers(tx, occurrence) else None
