"""The plan as it was taken up, its occurrences, and what holds them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, Table, Text, false

from worker.store.columns import Instant, Json, RowId, State, metadata

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_start_at", Instant, doc="When the first tick, clock or run saw an empty database; null before."),
    Column("epoch", BigInteger, nullable=False, doc="Counts the holders of the lock; fences off the earlier ones."),
    Column("suppression_key", Text, doc="A name for the key of `suppressions`; null before the first."),
    Column("tidied_at", Instant, doc="When all that is kept no longer had last been taken away."),
    Column("lists_counted_at", Instant, doc="When every list's growth had last been counted."),
    CheckConstraint("id = 1", name="one_row"),
)

plan_versions = Table(
    "plan_versions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("digest", Text, nullable=False, doc="SHA-256 of the file's bytes, hex."),
    Column("text", Text, nullable=False, doc="The file as it was taken up: the last good plan."),
    Column("taken_up_at", Instant, nullable=False),
    Column(
        "diff",
        Text,
        nullable=False,
        server_default="",
        doc="Unified diff against the version before; empty for the first.",
    ),
    Column("accepted_by", Text, doc="The person who confirmed an edit that drops many occurrences; null: no need."),
)

plan_acceptances = Table(
    "plan_acceptances",
    metadata,
    Column("digest", Text, primary_key=True, doc="Of the very file that was confirmed."),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("live", Integer, unique=True, doc="1 while it holds, then null: one hold at a time."),
    Column("reason", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, doc="Null when its time was over."),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("id", Text, primary_key=True, doc="`tiskova-zprava/2026-12`; unique for ever."),
    Column("activity", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("title", Text, nullable=False, doc="What people call it, in the plan's language."),
    Column("window_from", Date, nullable=False),
    Column("window_to", Date, nullable=False, doc="Inclusive."),
    Column("send_at", Instant, doc="When it goes out, or a task is due."),
    Column("planned_send_at", Instant, doc="What the plan said when last read; differs once a person or we moved it."),
    Column("assumed", Boolean, nullable=False, doc="The send time is our assumption, not the plan's word."),
    Column("kinds", Json, nullable=False, doc="Ids of kinds; empty for a task."),
    Column("lists", Json, nullable=False),
    Column("approvers", Json, nullable=False),
    Column("in_charge", Text, nullable=False),
    Column("about", Text, nullable=False, doc="The row in the plan's words, for the person who is handed a task."),
    Column("stages", Json, nullable=False, doc="Stage name → RFC 3339 instant, counted back from `send_at`."),
    Column("state", State, nullable=False),
    Column("state_at", Instant, nullable=False),
    Column("dropped_by", Text, doc="The person who dropped it; null when the plan did, which an edit may take back."),
    Column("optional", Boolean, nullable=False, server_default=false(), doc="The plan is kept without it."),
    Column("crisis", Boolean, nullable=False, server_default=false(), doc="Goes out although everything else is held."),
    Column(
        "origin",
        Text,
        nullable=False,
        server_default="plan",
        doc="plan, watch (a rhythm's reminder) or person; edits touch plan alone.",
    ),
    Column("anchored_to", Text, doc="The occurrence its day is counted from."),
    Column(
        "approval", Text, nullable=False, server_default="one", doc="one, all or in-order: how many approvers it takes."
    ),
    Column("commenters", Json, nullable=False, server_default="[]", doc="Who comments before the approvers are asked."),
    Column("contributors", Json, nullable=False, server_default="[]", doc="Who is called for contributions."),
    Column("code", Boolean, nullable=False, server_default=false(), doc="A decision takes a one-time code as well."),
    Column(
        "stories", Boolean, nullable=False, server_default=false(), doc="It tells of people, so it takes a consent."
    ),
    Column("project", Text, doc="The project whose funder its texts must name; null where there is none."),
    Column("corrects", Text, doc="The occurrence whose mailings it corrects; null for any other."),
    Column("topics", Json, nullable=False, server_default="[]", doc="Of recipients who chose topics, for whom."),
    Column("channels", Json, doc="Media its texts go to; null: every one that takes them."),
    Column("channels_left_out", Json, nullable=False, server_default="{}", doc="Media they do not go to → why."),
    Column("stezejni", Boolean, nullable=False, server_default=false(), doc="It belongs on every channel."),
    Column("done_on", Date, doc="When it was done, where a person has said so; null: as the record tells."),
    Column("themes", Json, doc="Themes readers find it under, as a person chose them; null: those of `topics`."),
)
Index("ix_occurrences_state_send_at", occurrences.c.state, occurrences.c.send_at)
