"""Texts on a notice board: the day one was posted, when it may come down, and the day it did.

The day of posting does not count, so 15 days from 8 December are over with the 23rd, and it may come down on the 24th
(as zákon č. 500/2004 Sb., § 25 counts).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.record import events
from worker.store.states import PublicationState
from worker.store.tables import drafts, packages, postings, publications
from worker.times import local_day, local_instant

MORNING = time(8)
"""Prague time at which somebody hears that a text may come down."""


def days(tx: Connection, publication: Row[Any]) -> int:
    """How many days a text hangs there, as its approval bound the medium; 0 for what is no notice board."""
    text = select(packages.c.places, drafts.c.kind).join(drafts, drafts.c.package_id == packages.c.id)
    row = tx.execute(text.where(drafts.c.id == publication.draft_id)).one()
    bound = row.places.get(row.kind, {}).get(publication.medium, {})
    return int(bound.get("options", {}).get("hangs", 0))


def posted(tx: Connection, publication: Row[Any], now: datetime, *, on: date, hangs: int) -> None:
    """Note that it hangs since `on`, for `hangs` days."""
    down = on + timedelta(days=hangs + 1)
    tx.execute(postings.insert().values(publication_id=publication.id, posted_on=on, comes_down_on=down))
    events.append(
        tx, "publication.posted", now, occurrence=publication.occurrence_id, medium=publication.medium,
        day=on.isoformat(), down=down.isoformat(),
    )  # fmt: skip


def removed(tx: Connection, publication: Row[Any], now: datetime, *, on: date, person: str, whence: str = "") -> bool:
    """Note that it came down; False when it never hung there, or when that was noted before."""
    hanging = postings.c.publication_id == publication.id, postings.c.removed_on.is_(None)
    done = tx.execute(postings.update().where(*hanging).values(removed_on=on)).rowcount == 1
    if done:
        events.append(
            tx, "publication.removed", now, occurrence=publication.occurrence_id, medium=publication.medium,
            day=on.isoformat(), person=person, whence=whence,
        )  # fmt: skip
    return done


def of(tx: Connection, publication_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """What is known of those that hang or hung on a board, by publication."""
    found = tx.execute(select(postings).where(postings.c.publication_id.in_(publication_ids)))
    return {row.publication_id: row for row in found}


def may_come_down(tx: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Publications with their posting that may come down at `now` and have not, the longest overdue first."""
    found = (
        select(publications, postings.c.posted_on, postings.c.comes_down_on)
        .join(postings, postings.c.publication_id == publications.c.id)
        .where(
            publications.c.state == PublicationState.PUBLISHED, postings.c.removed_on.is_(None),
            postings.c.comes_down_on <= local_day(now),
        )
        .order_by(postings.c.comes_down_on, publications.c.id)
    )  # fmt: skip
    return [row for row in tx.execute(found) if local_instant(row.comes_down_on, MORNING) <= now]


def next_morning(tx: Connection, after: datetime) -> datetime | None:
    """The first instant after `after` (aware) at which something may come down."""
    hanging = select(postings.c.comes_down_on).where(
        postings.c.removed_on.is_(None), postings.c.comes_down_on >= local_day(after)
    )
    mornings = (local_instant(day, MORNING) for day in tx.execute(hanging.distinct()).scalars())
    return min((each for each in mornings if each > after), default=None)
