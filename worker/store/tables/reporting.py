"""What people and feeds bring for the report: published articles, and what only a person can count for an indicator."""

from __future__ import annotations

from sqlalchemy import Column, Date, Table, Text

from worker.store.columns import Instant, RowId, metadata

articles = Table(
    "articles",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True, doc="http or https: one address counts once."),
    Column("title", Text, nullable=False),
    Column("day", Date, doc="When it was published; null as long as nobody has said."),
    Column("publisher", Text, nullable=False, doc="region (the office itself), municipality or other."),
    Column("who", Text, nullable=False, doc="Which municipality or medium; may be empty."),
    Column("source", Text, nullable=False, doc="hand, csv or feed."),
    Column("feed", Text, nullable=False, doc="Its id in `feeds.yaml`; empty for what no feed brought."),
    Column("note", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("entered_by", Text, doc="Null for what a feed brought."),
    Column("removed_at", Instant, doc="From then on it does not count; no feed brings it back."),
    Column("removed_by", Text),
    Column("removed_because", Text, nullable=False),
)

indicator_facts = Table(
    "indicator_facts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("indicator", Text, nullable=False, doc="As people call it: `XI/1`."),
    Column("title", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("organiser", Text, nullable=False, doc="As `publisher` of an article."),
    Column("who", Text, nullable=False, doc="Which municipality or body; may be empty."),
    Column("address", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("removed_at", Instant, doc="From then on it does not count."),
    Column("removed_by", Text),
    Column("removed_because", Text, nullable=False),
)
