"""Wishes to join that have ended are deleted and overwritten, with their links and the mails about them.

What was confirmed has its evidence in `subscriptions` by then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from worker.audience.joining.asking import LASTS, PURPOSES
from worker.audience.privacy.erase import overwriting
from worker.store.tables import joining_links, joinings, recipient_mails

MOST_AT_ONCE = 500


def clear(tx: Connection, now: datetime) -> bool:
    """Delete some of what has ended; False when there is nothing."""
    overwriting(tx)
    ended = tx.execute(select(joinings.c.id).where(joinings.c.ends_at <= now).limit(MOST_AT_ONCE)).scalars().all()
    old = recipient_mails.c.purpose.in_(PURPOSES), recipient_mails.c.created_at <= now - LASTS
    mailed = tx.execute(select(recipient_mails.c.id).where(*old).limit(MOST_AT_ONCE)).scalars().all()
    tx.execute(joining_links.delete().where(joining_links.c.joining_id.in_(ended)))
    tx.execute(joinings.delete().where(joinings.c.id.in_(ended)))
    tx.execute(recipient_mails.delete().where(recipient_mails.c.id.in_(mailed)))
    return bool(ended or mailed)


def is_anything_over(tx: Connection, now: datetime) -> bool:
    """Whether there is something to delete."""
    first = next_end(tx)
    return first is not None and first <= now


def next_end(tx: Connection) -> datetime | None:
    """When the first of what there is has to be deleted; None when there is nothing."""
    ends = tx.execute(select(func.min(joinings.c.ends_at))).scalar()
    mailed = tx.execute(
        select(func.min(recipient_mails.c.created_at)).where(recipient_mails.c.purpose.in_(PURPOSES))
    ).scalar()
    return min((each for each in (ends, mailed and mailed + LASTS) if each is not None), default=None)
