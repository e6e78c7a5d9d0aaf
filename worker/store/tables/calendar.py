"""The partners' dates, for the calendar of events that newsletters and the region's magazine carry."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Table, Text, Time, UniqueConstraint

from worker.store.columns import Instant, RowId, metadata

calendar_dates = Table(
    "calendar_dates",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, doc="UID of the .ics it came with, else a digest of what it says."),
    Column("title", Text, nullable=False),
    Column("day", Date, nullable=False, doc="Prague calendar."),
    Column("at", Time, doc="Prague time; null for a whole day."),
    Column("last_day", Date, doc="Inclusive; null for one day."),
    Column("place", Text, nullable=False),
    Column("organiser", Text, nullable=False),
    Column("address", Text, nullable=False, doc="http(s) address with more about it, or empty."),
    Column("standing", Text, nullable=False, doc="offered, taken or left-out: who offers a date does not publish it."),
    Column("came_by", Text, nullable=False, doc="form, file or coordinator."),
    Column("offered_by", Text, nullable=False, doc="Who entered it, as they call themselves; never published."),
    Column("offered_at", Instant, nullable=False),
    UniqueConstraint("key"),
)
Index("ix_calendar_dates_day", calendar_dates.c.day)
