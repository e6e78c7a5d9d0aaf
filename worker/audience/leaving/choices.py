"""Less instead of nothing: some topics only, or nothing for a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, insert, select, update

from worker.record import events
from worker.store.tables import recipient_topics, recipients
from worker.times import local_day, local_instant
from worker.topics import TOPICS

PAUSES = (1, 3, 6)
"""How many months somebody may want to get nothing."""


def choose_topics(tx: Connection, recipient_id: int, topics: Collection[str], now: datetime) -> None:
    """Rows about other topics than these of `TOPICS` are not sent to her any more; none means all.

    The record says that she chose, never what: nothing could be taken out of it again.
    """
    if set(topics) == set(topics_of(tx, recipient_id)):
        return
    tx.execute(delete(recipient_topics).where(recipient_topics.c.recipient_id == recipient_id))
    if topics:
        tx.execute(
            insert(recipient_topics), [{"recipient_id": recipient_id, "topic": each} for each in sorted(set(topics))]
        )
    events.append(tx, "recipient.topics", now, recipient=recipient_id)


def topics_of(tx: Connection, recipient_id: int) -> Sequence[str]:
    """What she chose, in the order offered; empty for all."""
    chosen = set(
        tx.execute(select(recipient_topics.c.topic).where(recipient_topics.c.recipient_id == recipient_id)).scalars()
    )
    return [each for each in TOPICS if each in chosen]


def pause_ends(months: int, now: datetime) -> datetime:
    """When a pause of so many months ends: the same day of that month, or its last one, at midnight (Prague)."""
    today = local_day(now)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - date.resolution).day
    return local_instant(date(year, month + 1, min(today.day, last)), time(0))


def pause(tx: Connection, recipient_id: int, until: datetime | None, now: datetime) -> None:
    """Nothing that goes to a list is sent to her until then; None ends a pause."""
    own = recipients.c.id == recipient_id
    if tx.execute(select(recipients.c.paused_until).where(own)).scalar() != until:
        tx.execute(update(recipients).where(own).values(paused_until=until))
        events.append(tx, "recipient.paused" if until else "recipient.resumed", now, recipient=recipient_id)
