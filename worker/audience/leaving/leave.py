"""Leaving with one click (RFC 8058). The token in the mail is the whole proof; asking twice changes nothing more."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience import journal, tokens
from worker.audience.journal import Deed
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.record import events
from worker.settings import key_id
from worker.store.tables import deliveries, departures, mailings, memberships, recipients, subscriptions


@dataclass(frozen=True)
class Leaving:
    """What a token stands for: a recipient and the lists the mailing was addressed to."""

    mailing_id: int
    recipient_id: int
    occurrence_id: str
    lists: tuple[str, ...]


def token_hash(token: str) -> bytes:
    """What older versions stored of an unsubscribe token."""
    return hashlib.sha256(f"hlasatel/unsubscribe/{token}".encode()).digest()


def find(tx: Connection, keys: Sequence[bytes], token: str) -> Leaving | None:
    """The delivery a token came with, by whichever of `keys` it was made with; None for a wrong one."""
    return find_all(tx, keys, [token]).get(token)


def find_all(tx: Connection, keys: Sequence[bytes], tokens_: Iterable[str]) -> dict[str, Leaving]:
    """The same for several: token → delivery, without the wrong ones."""
    by_place: dict[tuple[int, int], tuple[str, str]] = {}
    by_hash: dict[bytes, str] = {}
    for token in tokens_:
        by_key = ((key_id(key), tokens.read(key, token)) for key in keys)
        name, place = next(((name, place) for name, place in by_key if place is not None), ("", None))
        if place is None:
            by_hash[token_hash(token)] = token  # of a mailing that an older version froze
        else:
            by_place[place] = token, name
    found = {}
    if by_place:
        for row in tx.execute(_LEAVING.where(_PLACE.in_(list(by_place)))):
            token, name = by_place[row.mailing_id, row.recipient_id]
            if row.key_id == name:
                found[token] = _leaving(row)
    if by_hash:
        for row in tx.execute(_LEAVING.where(deliveries.c.unsubscribe_hash.in_(list(by_hash)))):
            found[by_hash[row.unsubscribe_hash]] = _leaving(row)
    return found


_PLACE = tuple_(deliveries.c.mailing_id, deliveries.c.recipient_id)
_LEAVING = select(
    deliveries.c.mailing_id, deliveries.c.recipient_id, deliveries.c.unsubscribe_hash,
    mailings.c.occurrence_id, mailings.c.lists, mailings.c.key_id,
).join(mailings, mailings.c.id == deliveries.c.mailing_id)  # fmt: skip


def _leaving(row: Row[*tuple[Any, ...]]) -> Leaving:
    return Leaving(row.mailing_id, row.recipient_id, row.occurrence_id, tuple(row.lists))


def leave(tx: Connection, office: Office, leaving: Leaving, now: datetime) -> bool:
    """Take the person off the mailings of the addressed lists; False when that was done before."""
    return leave_together(tx, office, [leaving], now) > 0


def leave_together(tx: Connection, office: Office, leavings: Iterable[Leaving], now: datetime) -> int:
    """The same for several people at once; how many of them had not left before."""
    places = {(each.recipient_id, name): each.mailing_id for each in leavings for name in each.lists}
    return _leave(tx, office, places, now)


def leave_lists(
    tx: Connection,
    office: Office,
    recipient_id: int,
    lists: Iterable[str],
    now: datetime,
    *,
    mailing_id: int | None = None,
) -> bool:
    """Take the person off the mailings of `lists`, and note that she withdrew what she agreed to for them.

    Memberships stay, so that an import does not bring her back. False when she had left all of them before.
    """
    return _leave(tx, office, {(recipient_id, each): mailing_id for each in lists}, now) > 0


def _leave(tx: Connection, office: Office, places: Mapping[tuple[int, str], int | None], now: datetime) -> int:
    """`places`: who leaves which list → by which mailing's link. How many people left something."""
    if not places:
        return 0
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"recipient_id": recipient_id, "list_id": name, "left_at": now, "mailing_id": mailing_id}
        for (recipient_id, name), mailing_id in sorted(places.items())
    ]
    added = insert(departures).values(rows).on_conflict_do_nothing()
    left: dict[int, list[str]] = defaultdict(list)
    for recipient_id, name in tx.execute(added.returning(departures.c.recipient_id, departures.c.list_id)):
        left[recipient_id].append(name)
    if not left:
        return 0
    agreed = tuple_(subscriptions.c.recipient_id, subscriptions.c.list_id).in_(
        [(recipient_id, name) for recipient_id, names in left.items() for name in names]
    )
    tx.execute(update(subscriptions).where(agreed, subscriptions.c.withdrawn_at.is_(None)).values(withdrawn_at=now))
    told = [{"recipient": recipient_id, "lists": sorted(names)} for recipient_id, names in sorted(left.items())]
    events.append_all(tx, "list.left", now, told)
    known = select(recipients.c.id, recipients.c.address).where(recipients.c.id.in_(left))
    journal.note_all(office, Deed.LEFT, now, {row.address: left[row.id] for row in tx.execute(known)})
    return len(left)


def leave_all(tx: Connection, office: Office, recipient_id: int, now: datetime) -> None:
    """Take the person off every list there is, and never write to her again, whoever puts her on one anew.

    Of a mailing under way she gets at most what has left already (I6). A person whom we hold no more is passed over.
    """
    known = select(recipients.c.address, recipients.c.suppressed).where(recipients.c.id == recipient_id)
    person = tx.execute(known).first()
    if person is None or person.suppressed == Reason.ERASED:
        return
    own = tx.execute(select(memberships.c.list_id).where(memberships.c.recipient_id == recipient_id)).scalars()
    hers = select(mailings.c.lists).join(deliveries, deliveries.c.mailing_id == mailings.c.id)
    mailed = tx.execute(hers.where(deliveries.c.recipient_id == recipient_id)).scalars()
    every = {*office.lists, *own, *(each for lists in mailed for each in lists)}
    leave_lists(tx, office, recipient_id, sorted(every), now)
    if suppress(tx, office, person.address, Reason.ASKED, now):
        events.append(tx, "recipient.suppressed", now, recipient=recipient_id, reason=Reason.ASKED)


def has_left(tx: Connection, leaving: Leaving) -> bool:
    """Whether the person is off every list the mailing was addressed to."""
    left = tx.execute(select(departures.c.list_id).where(departures.c.recipient_id == leaving.recipient_id)).scalars()
    return set(leaving.lists) <= set(left)
