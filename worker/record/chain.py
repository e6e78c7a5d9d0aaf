"""The chain of the record: what a line's hash is made of, and a walk along it that finds every gap and every change.

The walk reads the stored values as they are, so that a line which cannot even be read any more is found like any other,
and keeps one line in memory. Who rewrites every hash behind a change, or cuts off the end, is found by a seal alone
(`seals`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, text

AT_ONCE = 2000
"""Lines that are fetched together."""
_LINES = text(
    'SELECT seq, CAST("at" AS text) AS "at", kind, occurrence_id, person, data, previous, hash FROM events'
    " WHERE seq > :after ORDER BY seq LIMIT :number"
)
_BEFORE_ALL = -(2**63)


class Break(StrEnum):
    """What is wrong with the chain at a line."""

    CHANGED = "changed"
    MISSING = "missing"
    """One or more lines before it are not there."""
    EXTRA = "extra"
    """It bears a number that no line has."""
    NOT_FOLLOWING = "not-following"
    """It was written behind another line than the one that stands there."""


@dataclass(frozen=True)
class Fault:
    """`seq` is the line, `until` the last of several that are missing; `occurrence` where the line still tells."""

    what: Break
    seq: int
    occurrence: str | None = None
    kind: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Walked:
    """A line that was passed: its number and its hash as stored, and what is wrong there."""

    seq: int
    hash: str
    faults: tuple[Fault, ...]


def line_hash(
    previous: str, seq: int, at: datetime, kind: str, occurrence: str | None, person: str | None, data: str
) -> str:
    """Hex SHA-256 of a line and of the hash before it."""
    parts = [previous, seq, at.astimezone(UTC).isoformat(timespec="microseconds"), kind, occurrence, person, data]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def walk(tx: Connection) -> Iterator[Walked]:
    """Every line of the record in order."""
    yield from _walked(tx, _BEFORE_ALL, "", 1)


def walk_on(tx: Connection, seq: int, last: str, most: int) -> Iterator[Walked]:
    """The next lines behind the one of number `seq` whose hash is `last`; `most` of them."""
    yield from islice(_walked(tx, seq, last, seq + 1), most)


def _walked(tx: Connection, after: int, previous: str, expected: int) -> Iterator[Walked]:
    sound = True
    while rows := tx.execute(_LINES, {"after": after, "number": AT_ONCE}).all():
        for row in rows:
            found = list(_faults(row, previous, expected, sound))
            sound = not found
            yield Walked(row.seq, str(row.hash), tuple(found))
            previous, expected = row.hash, max(row.seq + 1, expected)
        after = rows[-1].seq


def first_broken(tx: Connection) -> int | None:
    """The number at which the chain first breaks: of the line that is missing or changed; None when it is whole."""
    return next((fault.seq for line in walk(tx) for fault in line.faults), None)


def every_fault(tx: Connection, passed: Callable[[Walked], None]) -> Iterator[Fault]:
    """All that is wrong with the chain; `passed` is told of every line."""
    for line in walk(tx):
        passed(line)
        yield from line.faults


def _faults(row: Row[Any], previous: str, expected: int, sound: bool) -> Iterator[Fault]:
    """`sound`: nothing was wrong with the line before, so that this one must follow it."""
    occurrence, kind = _told(row.occurrence_id), _told(row.kind) or ""
    if row.seq < expected:
        yield Fault(Break.EXTRA, row.seq, occurrence, kind)
        return
    if row.seq > expected:
        yield Fault(Break.MISSING, expected, until=row.seq - 1)
    if _hash_of(row) != row.hash:
        yield Fault(Break.CHANGED, row.seq, occurrence, kind)
    elif row.previous != previous and row.seq == expected and sound:
        yield Fault(Break.NOT_FOLLOWING, row.seq, occurrence, kind)


def _hash_of(row: Row[Any]) -> str:
    """What its hash should be; empty for a line whose values are none that we write."""
    try:
        at = datetime.fromisoformat(row.at)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return line_hash(row.previous, row.seq, at, row.kind, row.occurrence_id, row.person, row.data)
    except (TypeError, ValueError, OverflowError, UnicodeEncodeError):
        return ""


def _told(value: Any) -> str | None:
    return value if isinstance(value, str) else None
