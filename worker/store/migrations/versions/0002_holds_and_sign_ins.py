"""Holds, sign-ins, and what the plan or a person says of an occurrence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("live", name=op.f("uq_holds_live")),
    )
    op.create_table(
        "plan_acceptances",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plan_acceptances")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_ins")),
    )
    # Plain ALTERs: SQLite would have to rebuild the table otherwise, which its foreign keys forbid while rows exist.
    op.add_column("occurrences", sa.Column("dropped_by", sa.Text(), nullable=True))
    op.add_column("occurrences", sa.Column("optional", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrences", sa.Column("crisis", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrences", sa.Column("origin", sa.Text(), nullable=False, server_default="plan"))
    op.add_column("occurrences", sa.Column("anchored_to", sa.Text(), nullable=True))
    op.add_column("plan_versions", sa.Column("diff", sa.Text(), nullable=False, server_default=""))
    op.add_column("plan_versions", sa.Column("accepted_by", sa.Text(), nullable=True))
    op.drop_column("links", "expires_at")
