"""Which copy of the database this is, and whether it may work."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from worker.store.columns import Instant, metadata

this_copy = Table(
    "this_copy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("copy_id", Text, nullable=False, doc="Random: another one whenever a copy is let go."),
    Column("mark", Text, nullable=False, doc="What tells the place it works at from any other; empty in a backup."),
    Column("held", Text, nullable=False, doc="Why nothing may leave it: backup, moved or older; empty when it may."),
    Column("held_at", Instant),
    Column("as_of", Instant, doc="When it parted from the copy that worked: what came since is not known here."),
    CheckConstraint("id = 1", name="one_row"),
)
"""No row before the first shift: whatever begins to work on a new or migrated database is its first copy."""
