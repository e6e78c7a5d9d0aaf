"""Files of drafts: documents, calendar entries, posters and inline images, kept in the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _draft_files()


def _draft_files() -> None:
    op.create_table(
        "draft_files",
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_files_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "position", name=op.f("pk_draft_files")),
        sa.UniqueConstraint("draft_id", "name", name=op.f("uq_draft_files_draft_id")),
    )
