"""Links to what we hold about somebody, and to a new address: mailed afresh, good for a day.

The link in a newsletter proves too little for either, for newsletters are forwarded. So what we hold is shown, and a
change begun, by a link mailed to the address on file; and a new address holds once a link mailed there was used.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from worker.audience import mails, suppression
from worker.audience.mails import Content, Writer
from worker.audience.suppression import Reason
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events
from worker.settings import parse_address
from worker.store.tables import recipient_links, recipient_mails, recipients
from worker.times import format_instant

PATH = "udaje"
"""The address of the page that both links lead to, before the token."""
TOKEN_BYTES = 32
LASTS = timedelta(days=1)
MOST_CHANGES = 5
"""New addresses that somebody may have a link mailed to in a day: no one is to be pestered by it."""
UNREACHABLE = frozenset({Reason.BOUNCE, Reason.COMPLAINT, Reason.ERASED})
"""Whom not even an answer to her own wish is mailed to."""
LONGEST_ADDRESS = 254
"""RFC 5321 §4.5.3.1.3, without the brackets."""


class Purpose(StrEnum):
    """What a link is for."""

    HELD = "held"
    ADDRESS = "address"


@dataclass(frozen=True)
class Link:
    """Whose link it is. `address` is the new one that it confirms; `done`: it has."""

    purpose: Purpose
    person: Row[Any]
    address: str
    done: bool
    hash: bytes


def ask(tx: Connection, recipient_id: int, now: datetime) -> bool:
    """Have a link to what we hold mailed to the address on file, once an hour at most; whether a mail was queued."""
    person = tx.execute(select(recipients).where(recipients.c.id == recipient_id)).one()
    if person.suppressed in UNREACHABLE:
        return False
    key = f"held/{recipient_id}/{now:%Y-%m-%dT%H}"
    return mails.put(
        tx, key, Purpose.HELD, person.address, now, recipient_id=recipient_id, language=person.language
    )  # fmt: skip


def find(tx: Connection, token: str, now: datetime) -> Link | None:
    """What the token stands for; None for a wrong one and for one whose day is over."""
    row = tx.execute(select(recipient_links).where(recipient_links.c.hash == _hash(token))).first()
    if row is None or row.ends_at <= now:
        return None
    person = tx.execute(select(recipients).where(recipients.c.id == row.recipient_id)).one()
    return Link(Purpose(row.purpose), person, row.address, row.used_at is not None, row.hash)


def ask_to_change(tx: Connection, link: Link, text: str, now: datetime) -> str:
    """Have a link mailed to the address in `text`, that confirms it as the new one; the address as it will be kept.

    HlasatelError when it is none, is the present one, or after too many in a day. Whether it is known to us already is
    told to nobody but its owner.
    """
    if len(text) > LONGEST_ADDRESS:
        raise HlasatelError(say("preferences.too_long"))
    address, own = parse_address(text.strip(), international=True).lower(), link.person.id
    if address == link.person.address:
        raise HlasatelError(say("preferences.same_address"))
    lately = recipient_mails.c.recipient_id == own, recipient_mails.c.created_at > now - LASTS
    asked = select(func.count()).where(*lately, recipient_mails.c.purpose == "new_address")
    if tx.execute(asked).scalar_one() >= MOST_CHANGES:
        raise HlasatelError(say("preferences.too_many_changes"))
    key = f"new-address/{hashlib.sha256(link.hash + address.encode()).hexdigest()[:32]}"
    mails.put(tx, key, "new_address", address, now, recipient_id=own, language=link.person.language)
    return address


def change(tx: Connection, office: Office, link: Link, now: datetime) -> None:
    """Write to the new address from now on, and tell the old one; again without harm.

    HlasatelError when the address is another recipient's, or one that the coordinator stopped. Links to what we hold
    that were mailed to the old address end.
    """
    if link.done:
        return
    old, new, own = link.person, link.address, recipients.c.id == link.person.id
    taken = tx.execute(select(recipients.c.id).where(recipients.c.address == new)).first()
    stopped = suppression.suppression_of(tx, office, new)
    if taken is not None or (stopped is not None and stopped.reason == Reason.COORDINATOR):
        raise HlasatelError(say("preferences.address_taken"))
    suppression.lift(tx, office, new, now)
    fresh: Mapping[str, object] = {"address": new, "suppressed": "", "soft_bounces": 0, "soft_bounced_at": None}
    tx.execute(update(recipients).where(own).values(fresh))
    if old.suppressed not in ("", Reason.BOUNCE):  # what she, or the coordinator, said of her holds there as well
        suppression.suppress(tx, office, new, Reason(old.suppressed), now)
    hers = recipient_links.c.recipient_id == old.id
    tx.execute(update(recipient_links).where(hers, recipient_links.c.purpose == Purpose.HELD).values(ends_at=now))
    tx.execute(update(recipient_links).where(recipient_links.c.hash == link.hash).values(used_at=now))
    events.append(tx, "recipient.address", now, recipient=old.id)
    if old.suppressed not in UNREACHABLE:
        key = f"address-changed/{link.hash.hex()[:32]}"
        mails.put(tx, key, "address_changed", old.address, now, recipient_id=old.id, language=old.language)


def _held(tx: Connection, office: Office, mail: Row[Any], now: datetime) -> Content | None:
    """The mail with a link to what we hold; None when the address is not hers any more."""
    person = tx.execute(select(recipients).where(recipients.c.id == mail.recipient_id)).one()
    return None if person.address != mail.address else _with_link(tx, office, mail, Purpose.HELD, "", now)


def _new_address(tx: Connection, office: Office, mail: Row[Any], now: datetime) -> Content:
    """The mail to a new address, with a link that confirms it."""
    return _with_link(tx, office, mail, Purpose.ADDRESS, mail.address, now)


def _changed(tx: Connection, office: Office, mail: Row[Any], now: datetime) -> Content:
    """The mail to the old address; it does not name the new one."""
    values = {"organisation": office.settings.organisation.name, "when": format_instant(mail.created_at, form="by")}
    return Content(values=values)


WRITERS: Mapping[str, Writer] = {"held": _held, "new_address": _new_address, "address_changed": _changed}


def _with_link(
    tx: Connection, office: Office, mail: Row[Any], purpose: Purpose, address: str, now: datetime
) -> Content:
    token = mint(tx, mail.recipient_id, purpose, address, now)
    said = {"organisation": office.settings.organisation.name, "until": format_instant(now + LASTS, form="by")}
    return Content(f"{office.settings.base_url}/{PATH}/{token}", said)


def mint(tx: Connection, recipient_id: int, purpose: Purpose, address: str, now: datetime) -> str:
    """A new token (43 characters, 256 random bits), of which the hash alone is kept; `address` as in Link."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "hash": _hash(token), "purpose": purpose, "recipient_id": recipient_id, "address": address,
        "created_at": now, "ends_at": now + LASTS,
    }  # fmt: skip
    tx.execute(recipient_links.insert().values(values))
    return token


def _hash(token: str) -> bytes:
    return hashlib.sha256(f"hlasatel/held/{token}".encode()).digest()
