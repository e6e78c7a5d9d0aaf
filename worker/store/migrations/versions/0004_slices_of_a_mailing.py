"""A slice of a mailing is what is claimed; limits that outlive a restart; the queue of several machines."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources
from typing import Any

import sqlalchemy as sa
from alembic import op

from worker.store.columns import Instant, Json

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = ("queued", "retry", "sending")


def upgrade() -> None:
    _new_tables()
    op.add_column("mailings", sa.Column("cancelled_at", Instant(), nullable=True))
    # What an older worker had claimed goes back; a row in `sending` is settled by whoever takes its slice first.
    op.execute("UPDATE deliveries SET state = 'retry' WHERE state = 'claimed' AND attempts > 0")
    op.execute("UPDATE deliveries SET state = 'queued' WHERE state = 'claimed'")
    _slice_what_there_is()
    # Nothing refers to a delivery, so SQLite may rebuild this one table to let its hash be null.
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("uq_deliveries_unsubscribe_hash"), type_="unique")
        deliveries.alter_column("unsubscribe_hash", existing_type=sa.LargeBinary(length=32), nullable=True)
        deliveries.drop_column("epoch")
    hashed = sa.text("unsubscribe_hash IS NOT NULL")
    op.create_index(
        "ix_deliveries_unsubscribe_hash",
        "deliveries",
        ["unsubscribe_hash"],
        unique=True,
        sqlite_where=hashed,
        postgresql_where=hashed,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Every row is updated twice at least: with room on its page it stays there, and no index is touched.
        op.execute("ALTER TABLE deliveries SET (fillfactor = 50)")
        op.execute("ALTER TABLE slices SET (fillfactor = 50)")
        _procrastinate(op.get_bind())


def _new_tables() -> None:
    op.create_table(
        "allowances",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("began", Instant(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_allowances")),
    )
    op.create_table(
        "slices",
        sa.Column("mailing_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("tallies", Json, nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_slices_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", "number", name=op.f("pk_slices")),
    )


def _slice_what_there_is() -> None:
    """One slice for each mailing that has rows; due at once where any is open, its owner gone where one is in doubt."""
    tx = op.get_bind()
    frozen = {row.id: row.frozen_at for row in tx.execute(sa.text("SELECT id, frozen_at FROM mailings"))}
    ends: dict[int, list[int]] = {}
    tallies: dict[int, dict[str, int]] = defaultdict(dict)
    counted = "SELECT mailing_id, state, count(*), min(recipient_id), max(recipient_id) FROM deliveries GROUP BY 1, 2"
    for mailing, state, number, first, last in tx.execute(sa.text(counted)):
        tallies[mailing][state] = number
        known = ends.setdefault(mailing, [first, last])
        known[:] = [min(known[0], first), max(known[1], last)]
    for mailing, (first, last) in sorted(ends.items()):
        states = tallies[mailing]
        values: dict[str, Any] = {
            "mailing": mailing, "first": first, "last": last, "tallies": json.dumps(states),
            "owner": "an earlier version" if states.get("sending") else "",
            "due": frozen[mailing] if states.keys() & set(_OPEN) else None,
        }  # fmt: skip
        tallied = ":tallies" if tx.dialect.name == "sqlite" else "CAST(:tallies AS jsonb)"
        tx.execute(
            sa.text(
                "INSERT INTO slices (mailing_id, number, first, last, epoch, owner, due_at, tallies)"
                f" VALUES (:mailing, 0, :first, :last, 0, :owner, :due, {tallied})"
            ),
            values,
        )


def _procrastinate(tx: sa.Connection) -> None:
    """The library's own tables and functions (https://procrastinate.readthedocs.io), as it comes installed."""
    schema = resources.files("procrastinate.sql").joinpath("schema.sql").read_text(encoding="utf-8")
    # Many statements in one string: libpq takes them only without parameters, which the driver's cursor then sends.
    tx.connection.cursor().execute(schema)
