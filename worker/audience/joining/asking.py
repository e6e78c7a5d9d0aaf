"""Asking to join. Whoever asks learns nothing about an address: what happens to it is mailed to that address alone.

An address that is on the lists already gets a mail that says so, any other one a link to confirm; one that the
coordinator has stopped gets nothing. No address is written to more than once a day, whoever asks for it, and within an
hour no more mails leave than a page of ours can have called for: nobody may make an office's relay flood a stranger.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from worker.audience import mails
from worker.audience.joining import consent
from worker.audience.joining.consent import ConsentText
from worker.audience.suppression import Reason, suppression_of
from worker.office import Office
from worker.store.tables import departures, joinings, memberships, recipient_mails, recipient_topics, recipients
from worker.times import local_day

LASTS = timedelta(days=14)
"""How long a request may be confirmed; then it is deleted."""
REST = timedelta(days=1)
"""Between two mails to one address."""
MOST_AN_HOUR = 300
"""Mails that requests may call for, whoever asks; a meeting of citizens with a code on the wall asks for fewer."""
PURPOSES = ("confirm", "known")


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: `lists` are open ones, `topics` of those that are offered, empty for all of them."""

    address: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    language: str


def too_many(tx: Connection, now: datetime) -> bool:
    """Whether nobody may ask any more for now; it says nothing about any address."""
    lately = recipient_mails.c.created_at.between(now - timedelta(hours=1), now)
    asked = select(func.count()).select_from(recipient_mails).where(recipient_mails.c.purpose.in_(PURPOSES), lately)
    return tx.execute(asked).scalar_one() >= MOST_AN_HOUR


def ask(tx: Connection, office: Office, wish: Wish, agreed: ConsentText, now: datetime) -> None:
    """Note the wish and queue its mail; nothing at all for an address that was written to today, or stopped."""
    if _written_to_lately(tx, wish.address, now):
        return
    stopped = suppression_of(tx, office, wish.address)
    if stopped is not None and stopped.reason == Reason.COORDINATOR:
        return
    reason = f"join/{_digest(wish.address)}/{local_day(now)}"
    if stopped is None and (recipient_id := _who_has_all(tx, office, wish, now)) is not None:
        mails.put(
            tx, reason, "known", wish.address, now, recipient_id=recipient_id, language=wish.language,
            lists=list(wish.lists),
        )  # fmt: skip
        return
    consent.keep(tx, agreed, now)
    number = tx.execute(
        joinings.insert()
        .values(
            address=wish.address, lists=list(wish.lists), topics=list(wish.topics), language=wish.language,
            text_version=agreed.version, asked_at=now, ends_at=now + LASTS,
        )
        .returning(joinings.c.id)
    ).scalar_one()  # fmt: skip
    if mails.put(tx, reason, "confirm", wish.address, now, language=wish.language, joining=number):
        return
    tx.execute(joinings.delete().where(joinings.c.id == number))  # asked for twice in the same moment


def _written_to_lately(tx: Connection, address: str, now: datetime) -> bool:
    lately = recipient_mails.c.created_at.between(now - REST, now)
    about = recipient_mails.c.address == address, recipient_mails.c.purpose.in_(PURPOSES), lately
    return tx.execute(select(recipient_mails.c.id).where(*about).limit(1)).first() is not None


def _who_has_all(tx: Connection, office: Office, wish: Wish, now: datetime) -> int | None:
    """The recipient who gets all that is wished for already, by the same topics; None when something would change."""
    known = tx.execute(select(recipients).where(recipients.c.address == wish.address)).first()
    if known is None or known.language != wish.language or (known.paused_until or now) > now:
        return None
    member = tx.execute(select(memberships.c.list_id).where(memberships.c.recipient_id == known.id)).scalars().all()
    left = tx.execute(select(departures.c.list_id).where(departures.c.recipient_id == known.id)).scalars().all()
    if not set(wish.lists) <= set(member) - set(left):
        return None
    chosen = tx.execute(select(recipient_topics.c.topic).where(recipient_topics.c.recipient_id == known.id)).scalars()
    if any(office.lists[each].topics for each in wish.lists) and set(chosen) != set(wish.topics):
        return None
    return int(known.id)


def _digest(address: str) -> str:
    """Stands for an address where none must stand."""
    return hashlib.sha256(f"hlasatel/join/{address}".encode()).hexdigest()[:32]
