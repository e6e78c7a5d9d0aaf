"""The record as a list: who did what, when, from where, on which version; by person, time, occurrence or kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select
from sqlalchemy.exc import DataError

from worker.office import Office
from worker.record.events import Event
from worker.record.whose import whose
from worker.record.why import from_where, told
from worker.store.tables import events
from worker.times import rfc3339, to_the_second

COLUMNS = ("seq", "at", "kind", "occurrence", "version", "person", "whence", "text")
_AT_ONCE = 1000


@dataclass(frozen=True)
class Wanted:
    """Which lines: those that fit all that is said. `kind` may be the part before the dot."""

    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    occurrence: str | None = None
    kind: str | None = None


def lines(tx: Connection, wanted: Wanted) -> Iterator[Event]:
    """The lines in order, some at a time in memory. One that cannot be read any more is passed over."""
    conditions, after = list(_conditions(wanted)), 0
    while True:
        found = select(events.c.seq).where(events.c.seq > after, *conditions).order_by(events.c.seq).limit(_AT_ONCE)
        numbers = tx.execute(found).scalars().all()
        if not numbers:
            return
        for row in _readable(tx, numbers):
            try:
                data = json.loads(row.data)
            except (TypeError, ValueError):  # `record verify` tells of it
                data = {}
            if not isinstance(data, dict):
                data = {}
            yield Event(row.seq, row.at, row.kind, row.occurrence_id, row.person, data, row.hash)
        after = numbers[-1]


def _readable(tx: Connection, numbers: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of the lines whose time can still be read."""
    found = select(events).where(events.c.seq.in_(numbers)).order_by(events.c.seq)
    try:
        return tx.execute(found).all()
    except (TypeError, ValueError, DataError):
        return [row for each in numbers for row in _readable(tx, [each])] if len(numbers) > 1 else []


def as_json(office: Office, event: Event) -> dict[str, Any]:
    """One line for a program: people by id, time in RFC 3339, `text` in words, `data` as it is recorded."""
    return {
        "seq": event.seq,
        "at": rfc3339(event.at),
        "kind": event.kind,
        "whose": whose(event.kind),
        "occurrence": event.occurrence_id,
        "version": event.data.get("version"),
        "person": event.person,
        "whence": event.data.get("whence"),
        "text": in_words(office, event),
        "data": event.data,
        "hash": event.hash,
    }


def as_cells(office: Office, event: Event) -> tuple[str, ...]:
    """One line of a table, people by name."""
    version, whence = event.data.get("version"), str(event.data.get("whence", ""))
    return (
        str(event.seq), to_the_second(event.at), event.kind, event.occurrence_id or "",
        "" if version is None else str(version), office.person_name(event.person) if event.person else "",
        from_where(whence) if whence else "", in_words(office, event),
    )  # fmt: skip


def in_words(office: Office, event: Event) -> str:
    """As the story of its occurrence tells it; its bare data for an event that is about none."""
    try:
        return told(office, event)
    except (KeyError, ValueError, TypeError):  # no words of its own, or of an older version
        return json.dumps(event.data, ensure_ascii=False, sort_keys=True)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.person is not None:
        yield events.c.person == wanted.person
    if wanted.since is not None:
        yield events.c.at >= wanted.since
    if wanted.until is not None:
        yield events.c.at < wanted.until
    if wanted.occurrence is not None:
        yield events.c.occurrence_id == wanted.occurrence
    if wanted.kind is not None:
        yield or_(events.c.kind == wanted.kind, events.c.kind.startswith(f"{wanted.kind}.", autoescape=True))
