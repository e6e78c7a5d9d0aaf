"""Files of drafts: documents, calendar entries, posters and inline images, kept in the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _draft_files()
    _archive()
    _contributions()
    _calendar()
    _corrections()
    _feeds()


def _draft_files() -> None:
    op.add_column("drafts", sa.Column("files", Json, nullable=False, server_default="[]"))
    op.create_table(
        "draft_files",
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_files_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "name", name=op.f("pk_draft_files")),
    )


def _contributions() -> None:
    op.add_column("occurrences", sa.Column("contributors", Json, nullable=False, server_default="[]"))
    op.create_table(
        "contributions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("consent_of", sa.Text(), nullable=False),
        sa.Column("consent_by", sa.Text(), nullable=False),
        sa.Column("consent_until", sa.Date(), nullable=True),
        sa.Column("consent_id", _ID, nullable=True),
        sa.Column("kit_photo_id", _ID, nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False, server_default=""),
        sa.Column("choices", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("chosen_by", sa.Text(), nullable=True),
        sa.Column("chosen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_contributions_occurrence_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_contributions_consent_id")),
        sa.ForeignKeyConstraint(["kit_photo_id"], ["kit_photos.id"], name=op.f("fk_contributions_kit_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("occurrence_id", "person", "digest", name=op.f("uq_contributions_occurrence_id")),
    )
    op.create_index("ix_contributions_consent_id", "contributions", ["consent_id"])
    op.create_table(
        "contribution_photos",
        sa.Column("contribution_id", _ID, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_photos_contribution_id")
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_contribution_photos")),
    )


def _archive() -> None:
    op.create_table(
        "kit_photos",
        sa.Column("id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("consents", Json, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_kit_photos_occurrence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_photos")),
    )
    op.create_index("ix_kit_photos_occurrence_id", "kit_photos", ["occurrence_id"])
    op.create_table(
        "withdrawals",
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_withdrawals_occurrence_id")),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_withdrawals")),
    )


def _calendar() -> None:
    op.create_table(
        "calendar_dates",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("came_by", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_dates")),
        sa.UniqueConstraint("key", name=op.f("uq_calendar_dates_key")),
    )
    op.create_index("ix_calendar_dates_day", "calendar_dates", ["day"])


def _corrections() -> None:
    op.add_column("occurrences", sa.Column("corrects", sa.Text(), nullable=True))


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
    )
    op.create_table(
        "feed_items",
        sa.Column("id", _ID, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("doubts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
        sa.UniqueConstraint("content", name=op.f("uq_feed_items_content")),
        sa.UniqueConstraint("feed", "key", name=op.f("uq_feed_items_feed")),
    )
    op.create_index("ix_feed_items_first_seen_at", "feed_items", ["first_seen_at"])
    op.create_table(
        "feed_uses",
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["feed_items.id"], name=op.f("fk_feed_uses_item_id")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_feed_uses_occurrence_id")),
        sa.PrimaryKeyConstraint("item_id", "occurrence_id", name=op.f("pk_feed_uses")),
    )
    op.create_index("ix_feed_uses_occurrence_id", "feed_uses", ["occurrence_id"])
