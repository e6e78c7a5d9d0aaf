"""Finding one recipient, and all that the coordinator is shown of her.

A search looks for somebody, it is no way to read a list through: it asks for a few letters and ends soon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from worker.audience.suppression import RESUMED_BY_COORDINATOR, suppression_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record.events import Event, of_recipient
from worker.settings import parse_address
from worker.store.tables import deliveries, departures, mailings, memberships, recipient_topics, recipients

FEWEST_LETTERS = 3
A_PAGE, MOST_PAGES = 25, 8
LATEST = 10
"""Deliveries shown of one recipient."""
TOLD = (
    "recipient.added", "recipient.moved", "recipient.taken_off", "recipient.stopped", "recipient.started",
    "recipient.paused", "recipient.resumed", "recipient.topics", "list.left", "list.joined",
)  # fmt: skip
"""The kinds of event that her page tells of."""


@dataclass(frozen=True)
class Found:
    """A page (from 1) of those who were found. `more`: there is another; `too_many`: more than are shown at all."""

    rows: tuple[Row[Any], ...]
    page: int
    more: bool
    too_many: bool
    suppressed: Row[Any] | None = None
    """Of an address that is nobody's any more but is not written to: its row of `suppressions`."""


@dataclass(frozen=True)
class Card:
    """One recipient. `lists` are her own with since when, `left` those whose mailings she left and when."""

    row: Row[Any]
    lists: dict[str, datetime]
    left: dict[str, datetime]
    topics: tuple[str, ...]
    suppressed: Row[Any] | None
    latest: tuple[Row[Any], ...]
    changes: tuple[Event, ...]
    """What was recorded about her, newest first."""

    @property
    def may_resume(self) -> bool:
        """Whether the coordinator may have her written to again."""
        return self.suppressed is not None and self.suppressed.reason in RESUMED_BY_COORDINATOR


def search(tx: Connection, office: Office, words: str, page: int = 1) -> Found:
    """Who has `words` in her address or name, by address; HlasatelError for too few letters."""
    sought = " ".join(words.split())
    if len(sought) < FEWEST_LETTERS:
        raise HlasatelError(say("recipients.too_short", letters=FEWEST_LETTERS))
    # Neither database folds the case of Czech letters for LIKE; names are written with capitals at their beginnings.
    forms = {sought, sought.lower(), sought.title(), sought.upper()}
    hit = or_(
        recipients.c.address.contains(sought.lower(), autoescape=True),
        *(recipients.c.name.contains(each, autoescape=True) for each in sorted(forms)),
    )
    page = min(max(page, 1), MOST_PAGES)
    found = select(recipients).where(hit).order_by(recipients.c.address)
    rows = tx.execute(found.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)).all()
    more = len(rows) > A_PAGE
    return Found(
        tuple(rows[:A_PAGE]), page, more and page < MOST_PAGES, more and page == MOST_PAGES,
        _suppressed(tx, office, sought) if not rows else None,
    )  # fmt: skip


def _suppressed(tx: Connection, office: Office, sought: str) -> Row[Any] | None:
    try:
        return suppression_of(tx, office, parse_address(sought, international=True).lower())
    except HlasatelError:
        return None


def card(tx: Connection, office: Office, recipient_id: int) -> Card | None:
    """Everything about one recipient; None when there is no such one."""
    row = tx.execute(select(recipients).where(recipients.c.id == recipient_id)).first()
    if row is None:
        return None
    own = memberships.c.recipient_id == recipient_id
    left = departures.c.recipient_id == recipient_id
    chosen = select(recipient_topics.c.topic).where(recipient_topics.c.recipient_id == recipient_id)
    got = (
        select(deliveries.c.state, deliveries.c.settled_at, mailings.c.occurrence_id, mailings.c.frozen_at)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(deliveries.c.recipient_id == recipient_id)
        .order_by(deliveries.c.mailing_id.desc())
    )
    return Card(
        row,
        {
            each.list_id: each.since
            for each in tx.execute(select(memberships).where(own).order_by(memberships.c.list_id))
        },
        {
            each.list_id: each.left_at
            for each in tx.execute(select(departures).where(left).order_by(departures.c.list_id))
        },
        tuple(tx.execute(chosen.order_by(recipient_topics.c.topic)).scalars()),
        suppression_of(tx, office, row.address),
        tuple(tx.execute(got.limit(LATEST))),
        tuple(reversed(of_recipient(tx, recipient_id, TOLD))),
    )
