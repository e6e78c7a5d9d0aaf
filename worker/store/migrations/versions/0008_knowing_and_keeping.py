"""What the report counts, what the watch remembers, and what tells one copy of a database from another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _the_report()
    _the_record()
    _the_watch()
    _the_copy()
    _the_lists()


def _the_report() -> None:
    """Published articles, what is counted by hand, and the day on which something was done before anybody noted it."""
    op.add_column("occurrences", sa.Column("done_on", sa.Date(), nullable=True))
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("address", name=op.f("uq_articles_address")),
    )
    op.create_table(
        "indicator_facts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_facts")),
    )
    op.create_table(
        "notice_files",
        sa.Column("notice_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_files_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "name", name=op.f("pk_notice_files")),
    )


def _the_record() -> None:
    """What a mailing's deliveries said when they were counted, and seals of the chain."""
    op.create_table(
        "mailing_accounts",
        sa.Column("mailing_id", _ID, nullable=False),
        sa.Column("counted", Json, nullable=True),
        sa.Column("tallies", Json, nullable=False),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("gone", Json, nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_mailing_accounts_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_mailing_accounts")),
    )
    op.create_index("ix_departures_mailing_id", "departures", ["mailing_id"])
    op.create_table(
        "seals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("seq", _ID, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )


def _the_watch() -> None:
    """The worker's own heartbeat, alerts told, canaries."""
    op.add_column("media_checks", sa.Column("good_until", Instant(), nullable=True))
    op.create_table(
        "heartbeats",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("troubles", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_table(
        "canaries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("mailing_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_canaries_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canaries")),
        sa.UniqueConstraint("mailing_id", name=op.f("uq_canaries_mailing_id")),
    )
    op.create_index("ix_canaries_message_id", "canaries", ["message_id"])


def _the_copy() -> None:
    """Which copy of the database this is, and why it may not work where it may not."""
    op.create_table(
        "this_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("held_at", Instant(), nullable=True),
        sa.Column("as_of", Instant(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_this_copy_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_this_copy")),
    )


def _the_lists() -> None:
    """How lists grow, by the month; and when what was withdrawn was taken down elsewhere."""
    op.create_table(
        "list_growth",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("month", "list_id", name=op.f("pk_list_growth")),
    )
    op.add_column("installation", sa.Column("lists_counted_at", Instant(), nullable=True))
    op.add_column("publications", sa.Column("down_at", Instant(), nullable=True))
