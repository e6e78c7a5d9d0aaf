"""The append-only record, and its seals."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from worker.store.columns import Instant, RowId, metadata

events = Table(
    "events",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurrence_id", Text),
    Column("person", Text),
    Column("data", Text, nullable=False, doc="Canonical JSON; people and recipients by id only."),
    Column("previous", Text, nullable=False, doc="Hash of the event before; empty for the first."),
    Column("hash", Text, nullable=False, unique=True),
)
Index("ix_events_occurrence_id", events.c.occurrence_id)

seals = Table(
    "seals",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("seq", RowId, nullable=False, doc="The last line of the record when it was sealed."),
    Column("hash", Text, nullable=False, doc="That line's hash, which depends on every line before it."),
    Column("at", Instant, nullable=False),
)
