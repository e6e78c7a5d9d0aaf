"""What goes to media beside the mailing lists: one row for each draft and medium."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from worker.store.columns import Instant, RowId, State, metadata

publications = Table(
    "publications",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False),
    Column("medium", Text, nullable=False, doc="Its id in `channels.yaml`; empty for the person in charge herself."),
    Column("part", Integer, nullable=False, default=0, doc="Which part of a serial, from 1; 0 for the whole text."),
    Column("channel", Text, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False, doc="Tries that the other side refused for a while."),
    Column("due_at", Instant, doc="When it is next tried, or looked for; null when it is a person's turn."),
    Column("begun_at", Instant, doc="When the last try began."),
    Column("first_begun_at", Instant, doc="When the first one did: what is older is something else."),
    Column("deadline", Instant, doc="Nothing is tried after it; of a hand-off, when it should be out."),
    Column("person", Text, nullable=False, doc="Who publishes it by hand; empty where nobody has to."),
    Column("address", Text, nullable=False, doc="Where it can be seen."),
    Column("reference", Text, nullable=False, doc="What the other side calls it."),
    Column("reason", Text, nullable=False, doc="Why it is not out, or not yet."),
    Column("settled_at", Instant),
    Column("called_off_at", Instant, doc="When a person called it off: nothing of it is tried or repeated after."),
    Column("down_at", Instant, doc="When somebody said that she had taken it down, once it was withdrawn."),
    UniqueConstraint("draft_id", "medium", "part"),
)
Index("ix_publications_occurrence_id", publications.c.occurrence_id)

stops = Table(
    "stops",
    metadata,
    Column("medium", Text, primary_key=True, doc="Nothing is sent by it until a person has done what is needed."),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, doc="When it goes on by itself; null where a person is waited for."),
)

media_checks = Table(
    "media_checks",
    metadata,
    Column("medium", Text, primary_key=True),
    Column("at", Instant, nullable=False, doc="When it was last asked what will stop it soon."),
    Column("good_until", Instant, doc="Until when what it is used with (a token) is good; null where nobody knows."),
)
