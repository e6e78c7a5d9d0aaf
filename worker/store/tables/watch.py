"""What the watch over the worker itself remembers: who is alive, what is wrong, and whether the canary arrived."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from worker.store.columns import Instant, Json, RowId, State, metadata

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("id", Text, primary_key=True, doc="`kind@host/process`."),
    Column("kind", Text, nullable=False, doc="The command: run, clock, deliver or web."),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("standing", Text, nullable=False, doc="works, stands-by or failing."),
    Column("began_at", Instant, nullable=False),
    Column("at", Instant, nullable=False, doc="When it last came round, by its own clock."),
    Column(
        "troubles", Json, nullable=False, doc="What kept its last round from all it should do: plan, config, relay."
    ),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True, doc="`condition` or `condition/what it is about`: one while it lasts."),
    Column("since", Instant, nullable=False, doc="When it was first found."),
    Column("told_at", Instant, doc="When it was last in a mail; null before."),
)

canaries = Table(
    "canaries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mailing_id", ForeignKey("mailings.id"), nullable=False, unique=True),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant, doc="When the relay took it, or it was given up."),
    Column("reply", Text, nullable=False),
    Column("message_id", Text, doc="By which it is known when it comes back into the mailbox."),
    Column("arrived_at", Instant, doc="When it was found in the mailbox; null before."),
)
Index("ix_canaries_message_id", canaries.c.message_id)
