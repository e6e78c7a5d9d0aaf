"""What the report counts, what the watch remembers, and what tells one copy of a database from another."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _the_report()
    _the_record()
    _the_watch()
    _the_copy()


def _the_report() -> None:
    """Published articles, what was done by hand, the half-yearly mail."""


def _the_record() -> None:
    """Seals of the chain, reference numbers."""


def _the_watch() -> None:
    """The worker's own heartbeat, alerts told, canaries."""


def _the_copy() -> None:
    """Which copy of the database this is, and erasures since a backup."""
