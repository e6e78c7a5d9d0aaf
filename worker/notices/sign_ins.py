"""How the coordinator gets in: a link by e-mail, good once, becomes a browser's session; a calendar has an address.

Only hashes are kept. Each purpose has a salt of its own, so a token of one is nothing to another.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from worker.notices import queue
from worker.record import events
from worker.store.tables import notices, sign_ins

TOKEN_BYTES = 32


class Purpose(StrEnum):
    """What a token lets its bearer do."""

    LINK = "link"
    SESSION = "session"
    CALENDAR = "calendar"
    PARTNERS = "partners"
    """Partners' way to offer dates; it shows and changes nothing else."""
    LISTS = "lists"
    """Whoever keeps lists confirms them by it; it shows no recipient."""


LASTS = {
    Purpose.LINK: timedelta(minutes=30),
    Purpose.SESSION: timedelta(hours=12),
    Purpose.CALENDAR: timedelta(days=5 * 366),  # longer than any plan we know; a new address ends the old one
    Purpose.PARTNERS: timedelta(days=366),
    Purpose.LISTS: timedelta(days=60),
}


PATHS = {Purpose.CALENDAR: "kalendar", Purpose.PARTNERS: "akce"}
"""The addresses that last begin with these below the base address; the token follows."""
MOST_LINKS_AN_HOUR = 6
"""Whoever keeps pressing the button fills no inbox."""


def ask_for_link(tx: Connection, person: str, now: datetime) -> bool:
    """Queue the mail with a link, one a minute and six an hour at most; False when there were too many."""
    # No later than now: after the clock went back, links of the time undone do not count.
    hour = notices.c.created_at.between(now - timedelta(hours=1), now)
    lately = (notices.c.kind == "sign_in", notices.c.person == person, hour)
    if (tx.execute(select(func.count()).where(*lately)).scalar() or 0) >= MOST_LINKS_AN_HOUR:
        return False
    return queue.put(tx, f"sign-in/{person}/{now:%Y-%m-%dT%H:%M}", "sign_in", person, now)


def mint(tx: Connection, purpose: Purpose, person: str, now: datetime) -> str:
    """A new token (43 characters, 256 random bits) of `person`."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.execute(
        sign_ins.insert().values(
            hash=_hash(purpose, token), purpose=purpose, person=person, created_at=now, ends_at=now + LASTS[purpose]
        )
    )
    return token


def find(tx: Connection, purpose: Purpose, token: str, now: datetime) -> str | None:
    """The person whose live token this is; None for a wrong, foreign, used or expired one."""
    return tx.execute(select(sign_ins.c.person).where(_live(purpose, token, now))).scalar()


def open_session(tx: Connection, link: str, now: datetime) -> str | None:
    """Use a link up for a session's token; None when the link is not live. Two that come at once get one session."""
    used = update(sign_ins).where(_live(Purpose.LINK, link, now)).values(used_at=now).returning(sign_ins.c.person)
    person = tx.execute(used).scalar()
    return None if person is None else mint(tx, Purpose.SESSION, person, now)


def end(tx: Connection, purpose: Purpose, token: str, now: datetime) -> None:
    """The token is good no longer."""
    tx.execute(update(sign_ins).where(_live(purpose, token, now)).values(used_at=now))


def new_address(tx: Connection, purpose: Purpose, person: str, now: datetime, *, by: str = "") -> str:
    """The token of a new address of `person` that lasts (a calendar, the partners' form); her earlier ones end.

    `by` is whoever has it made, where that is somebody else.
    """
    _end_all(tx, purpose, person, now)
    events.append(tx, "access.address", now, person=by or person, purpose=str(purpose))
    return mint(tx, purpose, person, now)


def end_all(tx: Connection, purpose: Purpose, person: str, now: datetime, *, by: str) -> int:
    """End every token of `person` for a purpose that is good; how many. Sessions take the unused links along."""
    number = _end_all(tx, purpose, person, now)
    if purpose is Purpose.SESSION:
        number += _end_all(tx, Purpose.LINK, person, now)
    if number:
        events.append(tx, "access.ended", now, person=by, purpose=str(purpose), number=number)
    return number


def live(tx: Connection, person: str, now: datetime) -> dict[Purpose, list[datetime]]:
    """When each of a person's tokens was made that is good still, by purpose, newest first."""
    good = sign_ins.c.person == person, sign_ins.c.used_at.is_(None), sign_ins.c.ends_at > now
    found: dict[Purpose, list[datetime]] = {}
    rows = select(sign_ins.c.purpose, sign_ins.c.created_at).where(*good).order_by(sign_ins.c.created_at.desc())
    for purpose, at in tx.execute(rows):
        found.setdefault(Purpose(purpose), []).append(at)
    return found


def _end_all(tx: Connection, purpose: Purpose, person: str, now: datetime) -> int:
    good = sign_ins.c.purpose == purpose, sign_ins.c.person == person, sign_ins.c.used_at.is_(None)
    number = tx.execute(update(sign_ins).where(*good, sign_ins.c.ends_at > now).values(used_at=now)).rowcount
    return int(number)


def _live(purpose: Purpose, token: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        sign_ins.c.hash == _hash(purpose, token),
        sign_ins.c.used_at.is_(None),
        sign_ins.c.created_at <= now + timedelta(days=1),  # a clock that went back by a day locks nobody out
        sign_ins.c.ends_at > now,
    )


def _hash(purpose: Purpose, token: str) -> bytes:
    return hashlib.sha256(f"hlasatel/sign-in/{purpose}/{token}".encode()).digest()
