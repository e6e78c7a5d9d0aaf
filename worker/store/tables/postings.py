"""What hangs on a notice board: since when, until when it has to, and when it came down."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Table

from worker.store.columns import metadata

postings = Table(
    "postings",
    metadata,
    Column("publication_id", ForeignKey("publications.id"), primary_key=True),
    Column("posted_on", Date, nullable=False, doc="Prague calendar, as whoever posted it said."),
    Column("comes_down_on", Date, nullable=False, doc="The first day on which it may come down."),
    Column("removed_on", Date, doc="Null as long as nobody has said that it is down."),
)
