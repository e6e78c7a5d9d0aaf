"""What working groups, commissions and partners send in for an occurrence, and what became of it."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from worker.store.columns import Instant, RowId, metadata

contributions = Table(
    "contributions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("person", Text, nullable=False, doc="Whose link it came by: a role, so several people may write by it."),
    Column("signed", Text, nullable=False, doc="Who wrote it, as she signed herself; empty when she did not."),
    Column("text", Text, nullable=False, doc="As it was typed; empty where the photo says it all."),
    Column("people", Text, nullable=False, doc="Whether somebody can be known: nobody, consent or not-yet."),
    Column("consent_of", Text, nullable=False, doc="Whose consent the contributor has; never in a log or an event."),
    Column("consent_by", Text, nullable=False, doc="person or guardian; empty without a consent."),
    Column("consent_until", Date, doc="Last day it holds; null without an end."),
    Column("consent_id", ForeignKey("consents.id"), doc="The consent as noted once it was included."),
    Column("kit_photo_id", ForeignKey("kit_photos.id"), doc="Its photo among those for the press, while included."),
    Column("digest", Text, nullable=False, doc="SHA-256 of all of it: a form that is sent twice is kept once."),
    Column("at", Instant, nullable=False),
    Column("choice", Text, nullable=False, server_default="", doc="included or left-out; empty until it is chosen."),
    Column("choices", Integer, nullable=False, server_default="0", doc="How often it was chosen anew: one mail each."),
    Column("note", Text, nullable=False, server_default="", doc="What the contributor is told with the choice."),
    Column("chosen_by", Text),
    Column("chosen_at", Instant),
    UniqueConstraint("occurrence_id", "person", "digest"),
)

contribution_photos = Table(
    "contribution_photos",
    metadata,
    Column("contribution_id", ForeignKey("contributions.id"), primary_key=True),
    Column("description", Text, nullable=False, doc="What is to be seen, for those who cannot see it."),
    Column("author", Text, nullable=False),
    Column("width", Integer, nullable=False, doc="Pixels."),
    Column("height", Integer, nullable=False, doc="Pixels."),
    Column("content", LargeBinary, nullable=False, doc="JPEG, encoded anew by us: no place, camera or owner in it."),
)
Index("ix_contributions_consent_id", contributions.c.consent_id)
