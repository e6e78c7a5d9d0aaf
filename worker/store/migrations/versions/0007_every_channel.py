"""What goes to media beside the mailing lists, and the media that stand still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("occurrences", sa.Column("channels", Json, nullable=True))
    op.add_column("occurrences", sa.Column("channels_left_out", Json, nullable=False, server_default="{}"))
    op.add_column("occurrences", sa.Column("stezejni", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrences", sa.Column("themes", Json, nullable=True))
    op.add_column("packages", sa.Column("places", Json, nullable=False, server_default="{}"))
    op.add_column("links", sa.Column("publication_id", _ID, nullable=True))
    op.create_table(
        "publications",
        sa.Column("id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("first_begun_at", Instant(), nullable=True),
        sa.Column("deadline", Instant(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("called_off_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_publications_occurrence_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_publications_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("draft_id", "medium", "part", name=op.f("uq_publications_draft_id")),
    )
    op.create_index("ix_publications_occurrence_id", "publications", ["occurrence_id"])
    op.create_table(
        "postings",
        sa.Column("publication_id", _ID, nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("comes_down_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["publication_id"], ["publications.id"], name=op.f("fk_postings_publication_id")),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_postings")),
    )
    op.create_table(
        "stops",
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("medium", name=op.f("pk_stops")),
    )
    op.create_table(
        "media_checks",
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("medium", name=op.f("pk_media_checks")),
    )
