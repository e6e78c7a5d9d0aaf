"""Recipients and their lists."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from worker.store.columns import Instant, RowId, metadata

recipients = Table(
    "recipients",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True, doc="Case-folded, domain in its ASCII form."),
    Column("name", Text, nullable=False),
    Column("greeting", Text, nullable=False, doc="Empty for the neutral greeting."),
    Column("created_at", Instant, nullable=False),
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
