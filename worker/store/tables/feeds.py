"""What was read from partners' feeds: how each of them is, the inbox of their news, and where news were used."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from worker.store.columns import Instant, Json, RowId, metadata

feeds = Table(
    "feeds",
    metadata,
    Column("id", Text, primary_key=True, doc="As feeds.yaml has it."),
    Column("url", Text, nullable=False, doc="What was read; another address in the file begins anew."),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False, doc="Both as the server gave them, for a conditional request."),
    Column("tried_at", Instant, nullable=False),
    Column("read_at", Instant, doc="When it was last read, or last found unchanged; null when never."),
    Column("next_at", Instant, nullable=False, doc="Not tried before."),
    Column("failures", Integer, nullable=False, doc="In a row."),
    Column("trouble", Json, doc="Why it could not be read: `key` of the message and its `values`; null when it was."),
)

feed_items = Table(
    "feed_items",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("key", LargeBinary(32), nullable=False, doc="SHA-256 of the GUID; of the content where it has none alone."),
    Column("content", LargeBinary(32), nullable=False, unique=True, doc="Of title and link: news counts once."),
    Column("title", Text, nullable=False, doc="One line of plain text."),
    Column("link", Text, nullable=False, doc="http or https; empty where the feed gave none that may be followed."),
    Column("summary", Text, nullable=False, doc="Plain text, cut."),
    Column("published_at", Instant, doc="As the feed says; null where it says nothing credible."),
    Column("first_seen_at", Instant, nullable=False),
    Column("doubts", Json, nullable=False, doc="Codes of what an approver should look at."),
    UniqueConstraint("feed", "key"),
)
Index("ix_feed_items_first_seen_at", feed_items.c.first_seen_at)

feed_uses = Table(
    "feed_uses",
    metadata,
    Column("item_id", ForeignKey("feed_items.id"), primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), primary_key=True),
)
Index("ix_feed_uses_occurrence_id", feed_uses.c.occurrence_id)
