"""Who joined, left, was written to in vain, and what each recipient chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _recipients()
    _suppressions()
    _joining()
    _links()
    _mails()
    _bounces()
    _upkeep()


def _recipients() -> None:
    op.add_column("recipients", sa.Column("kind", sa.Text(), nullable=False, server_default="person"))
    op.add_column("recipients", sa.Column("language", sa.Text(), nullable=False, server_default="cs"))
    op.add_column("recipients", sa.Column("paused_until", Instant(), nullable=True))
    op.add_column("recipients", sa.Column("suppressed", sa.Text(), nullable=False, server_default=""))
    op.add_column("recipients", sa.Column("soft_bounces", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("recipients", sa.Column("soft_bounced_at", Instant(), nullable=True))
    op.create_table(
        "recipient_topics",
        sa.Column("recipient_id", _ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_recipient_topics_recipient_id")),
        sa.PrimaryKeyConstraint("recipient_id", "topic", name=op.f("pk_recipient_topics")),
    )


def _suppressions() -> None:
    op.add_column("installation", sa.Column("suppression_key", sa.Text(), nullable=True))
    op.add_column("installation", sa.Column("tidied_at", Instant(), nullable=True))
    op.add_column("mailings", sa.Column("emptied_at", Instant(), nullable=True))
    op.create_table(
        "suppressions",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "excluded",
        sa.Column("mailing_id", _ID, nullable=False),
        sa.Column("recipient_id", _ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_excluded_mailing_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_excluded_recipient_id")),
        sa.PrimaryKeyConstraint("mailing_id", "recipient_id", name=op.f("pk_excluded")),
    )
    op.add_column("mailings", sa.Column("left_out", Json, nullable=False, server_default="{}"))
    op.add_column("occurrences", sa.Column("topics", Json, nullable=False, server_default="[]"))


def _joining() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_consent_texts")),
    )
    op.create_table(
        "joinings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lists", Json, nullable=False),
        sa.Column("topics", Json, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["text_version"], ["consent_texts.version"], name=op.f("fk_joinings_text_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joinings")),
    )
    op.create_index("ix_joinings_address", "joinings", ["address"])
    op.create_table(
        "joining_links",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("joining_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["joining_id"], ["joinings.id"], name=op.f("fk_joining_links_joining_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_joining_links")),
    )
    op.create_index("ix_joining_links_joining_id", "joining_links", ["joining_id"])
    op.create_table(
        "subscriptions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("recipient_id", _ID, nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_subscriptions_recipient_id")),
        sa.ForeignKeyConstraint(
            ["text_version"], ["consent_texts.version"], name=op.f("fk_subscriptions_text_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_recipient_id", "subscriptions", ["recipient_id"])


def _links() -> None:
    op.create_table(
        "recipient_links",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient_id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_recipient_links_recipient_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_recipient_links")),
    )
    op.create_index("ix_recipient_links_recipient_id", "recipient_links", ["recipient_id"])


def _mails() -> None:
    op.create_table(
        "recipient_mails",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("recipient_id", _ID, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_recipient_mails_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_recipient_mails_key")),
    )
    op.create_index("ix_recipient_mails_address", "recipient_mails", ["address"])
    op.create_index("ix_recipient_mails_recipient_id", "recipient_mails", ["recipient_id"])


def _bounces() -> None:
    op.create_table(
        "bounces",
        sa.Column("id", _ID, nullable=False),
        sa.Column("mailing_id", _ID, nullable=True),
        sa.Column("recipient_id", _ID, nullable=True),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_bounces_mailing_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_bounces_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
    )
    op.create_index("ix_bounces_recipient_id", "bounces", ["recipient_id"])
    op.create_index("ix_bounces_mailing_id", "bounces", ["mailing_id", "sort", "recipient_id"], unique=True)
    op.add_column("mailings", sa.Column("storm_at", Instant(), nullable=True))
    op.add_column("mailings", sa.Column("refusals_at", Instant(), nullable=True))
    # What was refused long ago says nothing about an address of today.
    op.execute("UPDATE mailings SET refusals_at = closed_at")


def _upkeep() -> None:
    op.create_table(
        "list_reviews",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("list_id", "period", name=op.f("pk_list_reviews")),
    )
    op.create_table(
        "imports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
