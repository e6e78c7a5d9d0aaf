"""Deleting the bytes of photos that were sent in and that nobody may show any more."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, update

from worker.record import events
from worker.record.contributions import People
from worker.store.states import CLOSED_OCCURRENCES
from worker.store.tables import consents, contribution_photos, contributions, occurrences
from worker.times import local_day


def ended(tx: Connection, now: datetime) -> int | None:
    """The number of a contribution whose photo is to go; None when there is none.

    The consent for it is over or was withdrawn, or there was none yet when its occurrence was over.
    """
    number: int | None = tx.execute(_ended(), {"today": local_day(now)}).scalar()
    return number


@cache
def _ended() -> Select[Any]:
    """Kept, because every round asks it."""
    sent = contributions.c
    never = and_(sent.people == People.NOT_YET, occurrences.c.state.in_(CLOSED_OCCURRENCES))
    over = or_(sent.consent_until < bindparam("today"), consents.c.withdrawn_at.is_not(None), never)
    return (
        select(sent.id)
        .join(contribution_photos, contribution_photos.c.contribution_id == sent.id)
        .join(occurrences, occurrences.c.id == sent.occurrence_id)
        .outerjoin(consents, consents.c.id == sent.consent_id)
        .where(func.length(contribution_photos.c.content) > 0, over)
        .order_by(sent.id)
        .limit(1)
    )


def clear(tx: Connection, contribution_id: int, now: datetime) -> None:
    """Delete the photo's bytes; what was said of it stays with the contribution."""
    sent = contributions.c
    occurrence: str = tx.execute(select(sent.occurrence_id).where(sent.id == contribution_id)).scalar_one()
    kept = contribution_photos.c
    tx.execute(update(contribution_photos).where(kept.contribution_id == contribution_id).values(content=b""))
    events.append(tx, "contribution.photo_ended", now, occurrence=occurrence, number=contribution_id)
