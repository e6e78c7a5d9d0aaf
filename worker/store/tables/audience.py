"""Recipients and their lists: who joined, left, was written to in vain, and what each of them chose."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from worker.store.columns import Instant, Json, RowId, State, metadata

recipients = Table(
    "recipients",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True, doc="Case-folded, domain in its ASCII form."),
    Column("name", Text, nullable=False),
    Column("greeting", Text, nullable=False, doc="Empty for the neutral greeting."),
    Column("created_at", Instant, nullable=False),
    Column("kind", Text, nullable=False, server_default="person", doc="person or institution."),
    Column("language", Text, nullable=False, server_default="cs", doc="Of the pages and mails about the lists."),
    Column("paused_until", Instant, doc="Until then nothing is sent that goes to a list."),
    Column("suppressed", Text, nullable=False, server_default="", doc="Why never to write to: as in `suppressions`."),
    Column("soft_bounces", Integer, nullable=False, server_default="0"),
    Column("soft_bounced_at", Instant),
)

memberships = Table(
    "memberships",
    metadata,
    Column("list_id", Text, primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)
Index("ix_memberships_recipient_id", memberships.c.recipient_id)

departures = Table(
    "departures",
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("list_id", Text, primary_key=True, doc="The list whose mailings the person has left; memberships stay."),
    Column("left_at", Instant, nullable=False),
    Column("mailing_id", RowId),
)
Index("ix_departures_mailing_id", departures.c.mailing_id)

recipient_topics = Table(
    "recipient_topics",
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("topic", Text, primary_key=True, doc="One that the person chose; whoever has none gets all."),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="HMAC-SHA256 of the address under a key of its own."),
    Column("reason", Text, nullable=False, doc="bounce, complaint, asked, erased or coordinator."),
    Column("detail", Text, nullable=False, doc="The status of a bounce; never an address."),
    Column("at", Instant, nullable=False),
)

excluded = Table(
    "excluded",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("reason", Text, nullable=False, doc="left, suppressed, paused or topic."),
)

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("version", Text, primary_key=True, doc="The beginning of the SHA-256 of the text."),
    Column("text", Text, nullable=False, doc="What stood on the page, word for word."),
    Column("language", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

joinings = Table(
    "joinings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False),
    Column("lists", Json, nullable=False),
    Column("topics", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("text_version", ForeignKey("consent_texts.version"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, doc="When it is deleted; until then its link tells what became of it."),
    Column("confirmed_at", Instant),
)
Index("ix_joinings_address", joinings.c.address)

joining_links = Table(
    "joining_links",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of a token; a repeated mail has its own."),
    Column("joining_id", ForeignKey("joinings.id"), nullable=False),
)
Index("ix_joining_links_joining_id", joining_links.c.joining_id)

recipient_mails = Table(
    "recipient_mails",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="The reason: one mail each."),
    Column("purpose", Text, nullable=False, doc="What it says, as in `messages/recipient_mails.toml`."),
    Column("address", Text, nullable=False),
    Column("recipient_id", ForeignKey("recipients.id")),
    Column("language", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("reply", Text, nullable=False),
    Column("message_id", Text),
)
Index("ix_recipient_mails_address", recipient_mails.c.address)
Index("ix_recipient_mails_recipient_id", recipient_mails.c.recipient_id)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("list_id", Text, nullable=False),
    Column("text_version", ForeignKey("consent_texts.version"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)
Index("ix_subscriptions_recipient_id", subscriptions.c.recipient_id)

recipient_links = Table(
    "recipient_links",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the token."),
    Column("purpose", Text, nullable=False, doc="held (what we hold, a change) or address (a new one confirmed)."),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("address", Text, nullable=False, doc="The new one that the link confirms; empty otherwise."),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
)
Index("ix_recipient_links_recipient_id", recipient_links.c.recipient_id)

bounces = Table(
    "bounces",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mailing_id", ForeignKey("mailings.id")),
    Column("recipient_id", ForeignKey("recipients.id")),
    Column("sort", Text, nullable=False, doc="hard, soft, ours (it speaks of us), complaint, or reply (a person's)."),
    Column("status", Text, nullable=False, doc="As RFC 3463 writes it; empty when none was given."),
    Column("at", Instant, nullable=False),
)
Index("ix_bounces_recipient_id", bounces.c.recipient_id)
# What came back twice counts once, and a mailing's bounces are counted while more come in.
Index("ix_bounces_mailing_id", bounces.c.mailing_id, bounces.c.sort, bounces.c.recipient_id, unique=True)

list_reviews = Table(
    "list_reviews",
    metadata,
    Column("list_id", Text, primary_key=True),
    Column("period", Text, primary_key=True, doc="The half-year, e.g. `2026-H2`."),
    Column("asked_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text),
)

imports = Table(
    "imports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", Text, nullable=False),
    Column("digest", Text, nullable=False, doc="SHA-256 of the file, so that the same one is gone on with."),
    Column("done", Integer, nullable=False, doc="How far it is among the file's rows in the order of addresses."),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

list_growth = Table(
    "list_growth",
    metadata,
    Column("month", Text, primary_key=True, doc="Prague calendar, e.g. `2026-12`."),
    Column("list_id", Text, primary_key=True),
    Column("members", Integer, nullable=False, doc="Own ones who had not left it by the month's end, or by now."),
    Column("joined", Integer, nullable=False, doc="Of those who are on it still."),
    Column("left", Integer, nullable=False),
    Column("bounced", Integer, nullable=False, doc="Own ones to whom something could not be delivered for good."),
    Column("counted_at", Instant, nullable=False),
)
