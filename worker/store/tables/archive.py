"""What the public pages hold beside the drafts: photos for the press, and what was withdrawn."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from worker.store.columns import Instant, Json, RowId, metadata

kit_photos = Table(
    "kit_photos",
    metadata,
    Column("id", RowId, primary_key=True, doc="Part of its address, which stays the same for ever."),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("name", Text, nullable=False, doc="File name, plain letters: what is downloaded is called so."),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False, doc="Written anew from the pixels, so it holds no place or device."),
    Column("description", Text, nullable=False, doc="For those who do not see it, and the caption."),
    Column("author", Text, nullable=False),
    Column("consents", Json, nullable=False, doc="Numbers of the consents of the people it shows; each must count."),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant, doc="When it was taken out or a consent ended; its address says so from then on."),
)
Index("ix_kit_photos_occurrence_id", kit_photos.c.occurrence_id)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("occurrence_id", ForeignKey("occurrences.id"), primary_key=True),
    Column("reason", Text, nullable=False, doc="Shown to the public."),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
