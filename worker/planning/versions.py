"""The plans that were taken up, newest first: each is the last good one of its time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.store.tables import events, plan_versions
from worker.times import rfc3339


@dataclass(frozen=True)
class Version:
    """One of them. `added` and `removed` are lines of the diff against the one before.

    `accepted_by` confirmed it because it took much away, for this `reason`; empty where it needed nobody.
    """

    number: int
    digest: str
    taken_up_at: datetime
    accepted_by: str
    reason: str
    added: int
    removed: int

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "version": self.number, "digest": self.digest, "taken_up_at": rfc3339(self.taken_up_at),
            "accepted_by": self.accepted_by or None, "reason": self.reason, "lines_added": self.added,
            "lines_removed": self.removed,
        }  # fmt: skip


def versions(tx: Connection, most: int) -> list[Version]:
    """The newest `most` of them."""
    row = plan_versions.c
    columns: tuple[Any, ...] = (row.id, row.digest, row.taken_up_at, row.accepted_by, row.diff)
    found = tx.execute(select(*columns).order_by(row.id.desc()).limit(most)).all()
    reasons = _reasons(tx, [each for each in found if each.accepted_by])
    return [_version(each, reasons.get(each.digest, "")) for each in found]


def count(tx: Connection) -> int:
    """How many there are."""
    return tx.execute(select(func.count()).select_from(plan_versions)).scalar_one()


def version(tx: Connection, number: int) -> Row[Any] | None:
    """One of them with its `text` and its `diff` against the one before; None for a number there is not."""
    return tx.execute(select(plan_versions).where(plan_versions.c.id == number)).first()


def _version(row: Row[Any], reason: str) -> Version:
    lines = row.diff.splitlines()[2:]  # the two names
    added, removed = (sum(each.startswith(sign) for each in lines) for sign in "+-")
    return Version(row.id, row.digest, row.taken_up_at, row.accepted_by or "", reason, added, removed)


def _reasons(tx: Connection, confirmed: Sequence[Row[Any]]) -> dict[str, str]:
    """Digest → why its last confirmation was given."""
    if not confirmed:
        return {}
    said = tx.execute(select(events.c.data).where(events.c.kind == "plan.accepted").order_by(events.c.seq)).scalars()
    return {each["digest"]: each["reason"] for each in map(json.loads, said)}
