"""Mailings, their frozen audiences, and what limits them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from worker.store.columns import Instant, Json, RowId, State, metadata

mailings = Table(
    "mailings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False, unique=True),
    Column("lists", Json, nullable=False),
    Column("state", State, nullable=False),
    Column("key_id", Text, nullable=False, doc="Which secret key its Message-IDs and tokens are derived with."),
    Column("domain", Text, nullable=False, doc="Right part of its Message-IDs; a changed From changes none of them."),
    Column("audience", Integer, nullable=False),
    Column("resend_after_crash", Boolean, nullable=False),
    Column("frozen_at", Instant, nullable=False),
    Column("resume_at", Instant, doc="When a paused mailing tries again by itself."),
    Column("pauses", Integer, nullable=False, doc="Pauses in a row without a message accepted in between."),
    Column("reason", Text, nullable=False, doc="Why it is paused; empty otherwise."),
    Column("closed_at", Instant),
    Column("cancelled_at", Instant, doc="When a person called it off: nothing of it is tried again."),
    Column("left_out", Json, nullable=False, server_default="{}", doc="Reason → number of `excluded`."),
    Column("emptied_at", Instant, doc="When its deliveries stopped saying whose they were."),
    Column("refusals_at", Instant, doc="When those that the relay refused were noted as bounces."),
    Column("storm_at", Instant, doc="When more came back than may: from then on nobody is suppressed for it."),
)

slices = Table(
    "slices",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False, doc="Lowest recipient of the slice."),
    Column("last", BigInteger, nullable=False, doc="Highest recipient, inclusive."),
    Column("epoch", BigInteger, nullable=False, doc="Counts its takings; what an earlier holder writes finds no row."),
    Column("owner", Text, nullable=False, doc="Who took it last and did not bring it back; empty when all is settled."),
    Column("lease_until", Instant, doc="Until when it is its owner's alone; null when anybody may take it."),
    Column("due_at", Instant, doc="When it next has work; null once every row is final."),
    Column("tallies", Json, nullable=False, doc="State → number of rows, as of the last commit of its holder."),
)

mailing_accounts = Table(
    "mailing_accounts",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("counted", Json, doc="What its deliveries say by reason and domain; null while nobody has counted them."),
    Column("tallies", Json, nullable=False, doc="State → number of rows when they were counted."),
    Column("counted_at", Instant),
    Column("gone", Json, nullable=False, doc="What came back of it and is kept no longer: sort → number."),
)

allowances = Table(
    "allowances",
    metadata,
    Column("scope", Text, primary_key=True, doc="`relay/<host:port>` or `domain/<domain>`."),
    Column("began", Instant, nullable=False, doc="When the running period began."),
    Column("used", Integer, nullable=False, doc="Messages granted since."),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("greeting", Text, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False, doc="Attempts spent on 4xx answers."),
    Column(
        "copies",
        Integer,
        nullable=False,
        doc="Copies the relay may have accepted: at most 2, unless a person orders one more.",
    ),
    Column("due_at", Instant, doc="When a retry is due."),
    Column("first_try_at", Instant),
    Column("code", Integer, doc="The relay's last reply code."),
    Column("reply", Text, nullable=False, doc="The relay's last reply, the recipient's address taken out."),
    Column("settled_at", Instant),
    Column("unsubscribe_hash", LargeBinary(32), doc="Of a token made before they were derived; null since."),
)
# The state stays out of every index, and half of each page free (migration 0004), so that PostgreSQL can update rows
# in place.
Index("ix_deliveries_recipient_id", deliveries.c.recipient_id)
_HASHED = deliveries.c.unsubscribe_hash.is_not(None)
Index(
    "ix_deliveries_unsubscribe_hash",
    deliveries.c.unsubscribe_hash,
    unique=True,
    sqlite_where=_HASHED,
    postgresql_where=_HASHED,
)
