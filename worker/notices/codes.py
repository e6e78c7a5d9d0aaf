"""One-time codes: six digits in a mail of their own, for one person and one version.

A code is made when its mail is, as a link's token is (ADR 7); only an HMAC of it is kept, because a million plain
hashes are tried in a second.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import ColumnElement, Connection, and_, select, update

from worker.store.tables import codes

DIGITS = 6
LASTS = timedelta(minutes=15)
MOST_TRIES = 5


class Outcome(Enum):
    """What became of a try."""

    RIGHT = auto()
    WRONG = auto()
    NONE_LIVE = auto()
    """None was asked for, or all are over, used or tried too often."""


def mint(tx: Connection, key: bytes, person: str, package_id: int, now: datetime) -> str:
    """A new code of six digits, good for a quarter of an hour; earlier ones stay good until their own end."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    tx.execute(
        codes.insert().values(
            person=person, package_id=package_id, mac=_mac(key, person, package_id, code), created_at=now,
            ends_at=now + LASTS, tries=0,
        )
    )  # fmt: skip
    return code


def any_live(tx: Connection, person: str, package_id: int, now: datetime) -> bool:
    """Whether the person has a code that would still open something."""
    return tx.execute(select(codes.c.id).where(_live(person, package_id, now))).first() is not None


def use(
    tx: Connection, keys: Iterable[bytes], person: str, package_id: int, code: str, now: datetime
) -> tuple[Outcome, int]:
    """Use the code up, or count a wrong try against every live one; with it, how many tries are left.

    The caller holds the occurrence, so that nobody tries twice at once, and commits a wrong try too.
    """
    live = tx.execute(select(codes).where(_live(person, package_id, now)).order_by(codes.c.id)).all()
    if not live:
        return Outcome.NONE_LIVE, 0
    wanted = [_mac(key, person, package_id, code) for key in keys]
    for row in live:
        if any(hmac.compare_digest(row.mac, each) for each in wanted):
            tx.execute(update(codes).where(_live(person, package_id, now)).values(used_at=now))
            return Outcome.RIGHT, 0
    tx.execute(update(codes).where(_live(person, package_id, now)).values(tries=codes.c.tries + 1))
    return Outcome.WRONG, MOST_TRIES - 1 - min(row.tries for row in live)


def live_among(tx: Connection, keys: Sequence[bytes], numbers: Iterable[str], now: datetime) -> frozenset[str]:
    """Those of `numbers`, each of six digits, that still open somebody's decision."""
    good = and_(codes.c.used_at.is_(None), codes.c.tries < MOST_TRIES, codes.c.ends_at > now)
    rows = tx.execute(select(codes.c.person, codes.c.package_id, codes.c.mac).where(good)).all()
    macs = [(row.person, row.package_id, row.mac) for row in rows]
    return frozenset(
        each
        for each in numbers
        for person, package_id, mac in macs
        if any(hmac.compare_digest(mac, _mac(key, person, package_id, each)) for key in keys)
    )


def _live(person: str, package_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        codes.c.person == person,
        codes.c.package_id == package_id,
        codes.c.used_at.is_(None),
        codes.c.tries < MOST_TRIES,
        codes.c.ends_at > now,
        # The mail may be made on another machine whose clock is ahead. Further ahead, ours went back.
        codes.c.created_at <= now + LASTS,
    )


def _mac(key: bytes, person: str, package_id: int, code: str) -> bytes:
    return hmac.new(key, f"hlasatel/code/{person}/{package_id}/{code}".encode(), hashlib.sha256).digest()
