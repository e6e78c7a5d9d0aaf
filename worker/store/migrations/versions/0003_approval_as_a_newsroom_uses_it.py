"""Approval by several, comments, one-time codes, consents, and what comes in by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "incoming",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_incoming")),
    )
    op.create_table(
        "consents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_consents_occurrence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_occurrence_id", "consents", ["occurrence_id"])
    op.create_table(
        "codes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("package_id", _ID, nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_codes_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
    )
    op.create_index("ix_codes_package_id", "codes", ["package_id"])
    op.create_table(
        "comments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("package_id", _ID, nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_comments_occurrence_id")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_comments_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_occurrence_id", "comments", ["occurrence_id"])
    # Nothing refers to a decision, so SQLite may rebuild this one table to give it its new unique key.
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("seat", sa.Text(), nullable=False, server_default=""))
        decisions.add_column(sa.Column("authorisation", sa.Text(), nullable=False, server_default=""))
        decisions.add_column(sa.Column("emergency", sa.Boolean(), nullable=False, server_default=sa.false()))
        decisions.add_column(sa.Column("signed", sa.Text(), nullable=False, server_default=""))
        decisions.add_column(sa.Column("whence", sa.Text(), nullable=False, server_default=""))
        decisions.drop_constraint(op.f("uq_decisions_package_id"), type_="unique")
        decisions.create_unique_constraint(op.f("uq_decisions_package_id"), ["package_id", "seat", "live"])
    # Plain ALTERs: SQLite would have to rebuild the table otherwise, which its foreign keys forbid while rows exist.
    op.add_column("drafts", sa.Column("templates", sa.Text(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("message_id", sa.Text(), nullable=True))
    op.create_index("ix_notices_message_id", "notices", ["message_id"])
    op.add_column("occurrences", sa.Column("approval", sa.Text(), nullable=False, server_default="one"))
    op.add_column("occurrences", sa.Column("commenters", Json, nullable=False, server_default="[]"))
    op.add_column("occurrences", sa.Column("code", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrences", sa.Column("stories", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrences", sa.Column("project", sa.Text(), nullable=True))
    op.add_column("links", sa.Column("sent_to", sa.LargeBinary(length=32), nullable=True))
    op.add_column("packages", sa.Column("headings", Json, nullable=False, server_default="{}"))
    op.add_column("packages", sa.Column("approval", sa.Text(), nullable=False, server_default="one"))
    op.add_column("packages", sa.Column("edited_by", sa.Text(), nullable=True))
