"""Mails to and from the people who run the plan, and their browsers."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from worker.store.columns import Instant, Json, RowId, State, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="The reason, e.g. `ask/17/tiskovy-mluvci`: one mail each."),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("occurrence_id", ForeignKey("occurrences.id")),
    Column("package_id", ForeignKey("packages.id")),
    Column("data", Json, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("reply", Text, nullable=False),
    Column("message_id", Text, doc="Of the mail that carried it, so that an answer or a bounce is known again."),
)
Index("ix_notices_message_id", notices.c.message_id)

notice_files = Table(
    "notice_files",
    metadata,
    Column("notice_id", ForeignKey("notices.id"), primary_key=True),
    Column("name", Text, primary_key=True, doc="ASCII without blanks, as the mail carries it."),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

incoming = Table(
    "incoming",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the message, so that none is taken in twice."),
    Column("sort", Text, nullable=False, doc="bounce, automatic, reply, leaving, complaint, canary or stray."),
    Column("at", Instant, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the token."),
    Column(
        "purpose",
        Text,
        nullable=False,
        doc="link (once, from a mail), session (a browser), calendar (a feed), partners or lists.",
    ),
    Column("person", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant, doc="When a link became a session, or a session was ended."),
)
