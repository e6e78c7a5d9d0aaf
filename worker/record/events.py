"""The append-only record. Each event carries the hash of the one before, so a gap or a change shows.

Events concern plans, occurrences, drafts, decisions, mailings and lists, never single deliveries; people and
recipients appear by id only. Order is the sequence number: times need not rise, for a clock may go back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, text

from worker.record import acting, chain
from worker.store.tables import events, packages

CHAIN_LOCK = 4_812_003
"""PostgreSQL advisory lock for the length of the transaction: two writers must not take the same sequence number."""


@dataclass(frozen=True)
class Event:
    """One line of the record. `data` holds ids, counts, versions and texts, keyed as the catalogue names them.

    `hash` is hex SHA-256 of the line and of the hash before it.
    """

    seq: int
    at: datetime
    kind: str
    occurrence_id: str | None
    person: str | None
    data: dict[str, Any]
    hash: str


def append(
    tx: Connection,
    kind: str,
    now: datetime,
    *,
    occurrence: str | None = None,
    person: str | None = None,
    **data: Any,
) -> int:
    """Write one event into the caller's transaction, so it stands exactly when what it tells stands; its number."""
    return append_all(tx, kind, now, [data], occurrence=occurrence, person=person)


def append_all(
    tx: Connection,
    kind: str,
    now: datetime,
    told: Sequence[Mapping[str, Any]],
    *,
    occurrence: str | None = None,
    person: str | None = None,
) -> int:
    """The same for several of one kind, of which each brings its data; the number of the last, of one at least."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = tx.execute(select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, "")
    version = _version(tx, occurrence) if person is not None and occurrence is not None else {}
    rows = []
    for data in told:
        seq += 1
        known = {**version, **data, **acting.facts(person, dict(data))}
        canonical = json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        own = chain.line_hash(previous, seq, now, kind, occurrence, person, canonical)
        rows.append({
            "seq": seq, "at": now, "kind": kind, "occurrence_id": occurrence, "person": person, "data": canonical,
            "previous": previous, "hash": own,
        })  # fmt: skip
        previous = own
    tx.execute(events.insert(), rows)
    return seq


def _version(tx: Connection, occurrence: str) -> dict[str, int]:
    """On which version a person acted, where she does not say so herself: the newest; empty before the first."""
    newest = select(func.max(packages.c.version)).where(packages.c.occurrence_id == occurrence)
    version = tx.execute(newest).scalar()
    return {} if version is None else {"version": version}


def of_occurrence(tx: Connection, occurrence: str) -> list[Event]:
    """Everything recorded about one occurrence, in order."""
    rows = tx.execute(select(events).where(events.c.occurrence_id == occurrence).order_by(events.c.seq))
    return [_event(row) for row in rows]


def of_kind(tx: Connection, *kinds: str) -> list[Event]:
    """Every event of these kinds, in order."""
    return [_event(row) for row in tx.execute(select(events).where(events.c.kind.in_(kinds)).order_by(events.c.seq))]


def of_recipient(tx: Connection, recipient_id: int, kinds: Sequence[str]) -> list[Event]:
    """Every event of these kinds about one recipient, in order."""
    named = f'"recipient":{recipient_id}'  # as canonical JSON has it, before another key or at the end
    about = or_(
        events.c.data.contains(f"{named},", autoescape=True), events.c.data.contains(named + "}", autoescape=True)
    )
    rows = tx.execute(select(events).where(events.c.kind.in_(kinds), about).order_by(events.c.seq))
    return [_event(row) for row in rows]


def after(tx: Connection, seq: int) -> list[Event]:
    """Everything recorded after the event `seq`, in order; all of it after 0."""
    return [_event(row) for row in tx.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq))]


def count(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(events)).scalar_one()


def first_broken(tx: Connection) -> int | None:
    """The sequence number at which the chain breaks (a gap, a changed or a removed line); None when it is whole.

    Lines cut off the end cannot be seen from inside: a seal tells of them (`seals`).
    """
    return chain.first_broken(tx)


def _event(row: Row[Any]) -> Event:
    return Event(row.seq, row.at, row.kind, row.occurrence_id, row.person, json.loads(row.data), row.hash)
