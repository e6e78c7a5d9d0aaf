"""The dates as they are kept: each once, offered until somebody of the office takes it or leaves it out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from worker.sources.base import CalendarDate
from worker.store.tables import calendar_dates

MOST_OPEN = 500
"""Offers that may wait at once; whoever floods the form fills no database."""


class Standing(StrEnum):
    """What became of a date."""

    OFFERED = "offered"
    TAKEN = "taken"
    LEFT_OUT = "left-out"


class CameBy(StrEnum):
    """How a date came to us."""

    FORM = "form"
    FILE = "file"
    COORDINATOR = "coordinator"


class Offered(StrEnum):
    """What offering a date came to."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    FULL = "full"


def offer(
    tx: Connection, given: CalendarDate, now: datetime, *, came_by: CameBy, offered_by: str, uid: str = ""
) -> Offered:
    """Keep a date. What the coordinator enters is taken; what others offer waits, also one that changed since.

    `uid` is that of a calendar file (RFC 5545 §3.8.4.7), by which a later version is known; without it a date is known
    by all that it says.
    """
    values = _values(given)
    key = f"uid/{hashlib.sha256(uid.encode()).hexdigest()}" if uid else f"said/{_digest(values)}"
    standing = Standing.TAKEN if came_by is CameBy.COORDINATOR else Standing.OFFERED
    known = tx.execute(select(calendar_dates).where(calendar_dates.c.key == key).with_for_update()).first()
    if known is None:
        if standing is Standing.OFFERED and _waiting(tx) >= MOST_OPEN:
            return Offered.FULL
        row = {"key": key, "standing": standing, "came_by": came_by, "offered_by": offered_by, "offered_at": now}
        tx.execute(calendar_dates.insert().values(**values, **row))
        return Offered.NEW
    if _values(_date(known)) == values:
        if standing is Standing.TAKEN:
            choose(tx, known.id, standing)
        return Offered.KNOWN
    changed = update(calendar_dates).where(calendar_dates.c.id == known.id)
    tx.execute(changed.values(**values, standing=standing, offered_by=offered_by, offered_at=now))
    return Offered.CHANGED


def choose(tx: Connection, number: int, standing: Standing) -> bool:
    """Take a date, leave it out, or put it back among the offers; False for one that is not there."""
    found = update(calendar_dates).where(calendar_dates.c.id == number).values(standing=standing)
    return tx.execute(found).rowcount == 1


def taken_between(tx: Connection, since: date, until: date) -> Sequence[CalendarDate]:
    """The dates taken that touch the span, both ends included, in order of time."""
    row = calendar_dates.c
    inside = row.day <= until, func.coalesce(row.last_day, row.day) >= since
    found = select(calendar_dates).where(row.standing == Standing.TAKEN, *inside)
    return sorted(
        (_date(each) for each in tx.execute(found)),
        key=lambda each: (each.day, each.at is not None, each.at, each.title),
    )


def ahead(tx: Connection, today: date) -> Sequence[Row[Any]]:
    """Every date that is not over, whatever became of it, in order of days."""
    row = calendar_dates.c
    found = select(calendar_dates).where(or_(row.day >= today, row.last_day >= today))
    return tx.execute(found.order_by(row.day, row.id)).all()


def _waiting(tx: Connection) -> int:
    found = select(func.count()).where(calendar_dates.c.standing == Standing.OFFERED)
    return tx.execute(found).scalar_one()


def _values(given: CalendarDate) -> dict[str, Any]:
    return asdict(given)


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _date(row: Row[Any]) -> CalendarDate:
    return CalendarDate(**{name: getattr(row, name) for name in _FIELDS})


_FIELDS = ("title", "day", "at", "last_day", "place", "organiser", "address")
