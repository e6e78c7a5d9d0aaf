"""Confirming a wish to join by the link mailed to its address: now she is on the list, with the evidence of it.

What she chose now counts from now on. Whoever left, was taken off or was erased and asks herself to come back is
written to again, but gets what she joined and nothing else of what she had left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience import journal
from worker.audience.joining.mails import link_hash
from worker.audience.journal import Deed
from worker.audience.leaving.leave import leave_lists
from worker.audience.suppression import Reason, lift, suppression_of
from worker.office import Office
from worker.record import events
from worker.store.tables import (
    departures,
    joining_links,
    joinings,
    memberships,
    recipient_topics,
    recipients,
    subscriptions,
)


@dataclass(frozen=True)
class Asked:
    """A wish as its link's page shows it. `lists` are those that are still open; `confirmed` when that was done."""

    id: int
    address: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    text_version: str
    asked_at: datetime
    ends_at: datetime
    confirmed_at: datetime | None


def find(tx: Connection, office: Office, token: str, now: datetime) -> Asked | None:
    """The wish that a token was mailed for; None for a wrong one, and once the wish has ended."""
    row = tx.execute(
        select(joinings)
        .join(joining_links, joining_links.c.joining_id == joinings.c.id)
        .where(joining_links.c.hash == link_hash(token), joinings.c.ends_at > now)
    ).first()
    return None if row is None else _asked(office, row)


def confirm(tx: Connection, office: Office, asked: Asked, now: datetime) -> bool:
    """Put the person on the lists; False when that was done before, or none of them is open any more.

    An address that the coordinator has stopped meanwhile is put on none, and looks the same.
    """
    if not asked.lists or not _first(tx, asked, now):
        return False
    stopped = suppression_of(tx, office, asked.address)
    if stopped is not None and stopped.reason == Reason.COORDINATOR:
        return True
    recipient_id = _recipient(tx, asked, now)
    if stopped is not None:
        lift(tx, office, asked.address, now)
        if stopped.reason == Reason.COMPLAINT:  # she had enough of all that she got, and asks for these alone
            leave_lists(tx, office, recipient_id, sorted(set(office.lists) - set(asked.lists)), now)
    _join(tx, office, asked, recipient_id, now)
    journal.note(office, Deed.CAME_BACK, now, asked.address, lists=asked.lists)
    events.append(tx, "list.joined", now, recipient=recipient_id, lists=list(asked.lists))
    return True


def _asked(office: Office, row: Row[Any]) -> Asked:
    still_open = tuple(each for each in row.lists if each in office.lists and office.lists[each].is_open)
    return Asked(
        row.id, row.address, still_open, tuple(row.topics), row.language, row.text_version, row.asked_at, row.ends_at,
        row.confirmed_at,
    )  # fmt: skip


def _first(tx: Connection, asked: Asked, now: datetime) -> bool:
    """Whether nobody has confirmed it before; two that come at once are told apart by the row."""
    unused = joinings.c.id == asked.id, joinings.c.confirmed_at.is_(None)
    return tx.execute(update(joinings).where(*unused).values(confirmed_at=now)).rowcount == 1


def _recipient(tx: Connection, asked: Asked, now: datetime) -> int:
    """The person's id; somebody new is named by her address alone."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    person = insert(recipients).values(
        address=asked.address, name="", greeting="", created_at=now, language=asked.language
    )
    kept = person.on_conflict_do_update(
        index_elements=["address"], set_={"language": asked.language, "paused_until": None, "soft_bounces": 0}
    )
    return int(tx.execute(kept.returning(recipients.c.id)).scalar_one())


def _join(tx: Connection, office: Office, asked: Asked, recipient_id: int, now: datetime) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    on_list = [{"list_id": each, "recipient_id": recipient_id, "since": now} for each in asked.lists]
    tx.execute(insert(memberships).values(on_list).on_conflict_do_nothing())
    hers = departures.c.recipient_id == recipient_id
    tx.execute(departures.delete().where(hers, departures.c.list_id.in_(asked.lists)))
    evidence = {"recipient_id": recipient_id, "text_version": asked.text_version, "asked_at": asked.asked_at}
    tx.execute(subscriptions.insert(), [{**evidence, "list_id": each, "confirmed_at": now} for each in asked.lists])
    if any(office.lists[each].topics for each in asked.lists):
        tx.execute(recipient_topics.delete().where(recipient_topics.c.recipient_id == recipient_id))
        if asked.topics:
            chosen = [{"recipient_id": recipient_id, "topic": each} for each in asked.topics]
            tx.execute(recipient_topics.insert(), chosen)
