"""What people said about a version without deciding: in a comment round, or by answering a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select

from worker.office import Office
from worker.store.tables import comments, packages


class Via(StrEnum):
    """How a comment came."""

    ROUND = "round"
    """The page of a comment round."""
    REPLY = "reply"
    """An answer to one of our mails."""


@dataclass(frozen=True)
class Comment:
    """One comment as it is shown; `who` is the person's name, `version` None when nobody knows which it speaks of."""

    who: str
    at: datetime
    version: int | None
    via: Via
    text: str


def of_occurrence(tx: Connection, office: Office, occurrence_id: str) -> tuple[Comment, ...]:
    """Every comment on an occurrence, oldest first, whichever version it speaks of."""
    rows = tx.execute(
        select(comments, packages.c.version)
        .outerjoin(packages, packages.c.id == comments.c.package_id)
        .where(comments.c.occurrence_id == occurrence_id)
        .order_by(comments.c.id)
    )
    return tuple(Comment(office.person_name(row.person), row.at, row.version, Via(row.via), row.text) for row in rows)


def in_the_last_hour(tx: Connection, person: str, now: datetime) -> int:
    """How many comments a person has made within the hour before `now`, on whatever occurrence."""
    hers = comments.c.person == person, comments.c.at.between(now - timedelta(hours=1), now)
    return tx.execute(select(func.count()).select_from(comments).where(*hers)).scalar_one()


def add(
    tx: Connection, occurrence_id: str, person: str, text: str, now: datetime, *, package_id: int | None, via: Via
) -> int:
    """Keep a comment whose text is fit to be kept (`worker.notices.withheld`); its id."""
    values = {"occurrence_id": occurrence_id, "package_id": package_id, "person": person, "via": via, "text": text}
    comment_id: int = tx.execute(comments.insert().values(**values, at=now).returning(comments.c.id)).scalar_one()
    return comment_id
