"""Asking for approval: a version is submitted and every approver gets a mail with a link of her own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, update

from worker.audience.members import size
from worker.drafting import packages
from worker.notices import queue
from worker.office import Office
from worker.record import events
from worker.store import tables
from worker.store.states import OccurrenceState, move_occurrence

EDITORS_TIME = timedelta(minutes=15)
"""Whoever has edited a text may decide about the result at once, before a mail asks her to."""


def submit(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    package_id: int,
    now: datetime,
    *,
    notice: str = "approval",
    editor: str | None = None,
) -> None:
    """Put a version before its approvers: `planned`, `preparing`, `returned` or an approved one that is void → `asked`.

    `notice` is the kind of mail: `approval` the first time, `approval_again` with the reason of the new version.
    `editor` is the approver whose own edit it is: she is on the page, so her mail waits and goes if she has not decided.
    """
    audience = size(tx, office, occurrence.lists)
    tx.execute(
        update(tables.packages).where(tables.packages.c.id == package_id).values(submitted_at=now, audience=audience)
    )
    package = packages.latest(tx, occurrence.id)
    assert package is not None and package.id == package_id, "only the newest version can be submitted"
    old = OccurrenceState(occurrence.state)
    if old is not OccurrenceState.ASKED:
        move_occurrence(tx, occurrence.id, old, OccurrenceState.ASKED, now)
    for person in occurrence.approvers:
        queue.put(
            tx, f"{notice}/{package_id}/{person}", notice, person, now,
            occurrence_id=occurrence.id, package_id=package_id, reason=package.reason,
            due_at=now + EDITORS_TIME if person == editor else now,
        )  # fmt: skip
    events.append(
        tx, "approval.asked", now, occurrence=occurrence.id, version=package.version, approvers=occurrence.approvers,
        lists=list(package.lists), audience=audience, digest=package.digest,
    )  # fmt: skip


def renew(tx: Connection, office: Office, occurrence: Row[Any], now: datetime, reason: str) -> None:
    """What was asked or approved is not what would go out any more: void it and ask again, saying why.

    The caller has locked the occurrence.
    """
    package = packages.latest(tx, occurrence.id)
    assert package is not None, "an asked occurrence without a package"
    withdrawn = void_decision(tx, package.id)
    events.append(
        tx, "approval.voided", now, occurrence=occurrence.id, version=package.version, reason=reason, decided=withdrawn
    )
    package_id = packages.renewed(tx, office, occurrence, package, now, reason=reason)
    submit(tx, office, occurrence, package_id, now, notice="approval_again")


def void_decision(tx: Connection, package_id: int) -> bool:
    """Take every live decision of a version away; False when there is none."""
    decisions = tables.decisions
    found = update(decisions).where(decisions.c.package_id == package_id, decisions.c.live == 1)
    return tx.execute(found.values(live=None)).rowcount > 0


def void_one(tx: Connection, decision_id: int) -> None:
    """Take one live decision away."""
    tx.execute(update(tables.decisions).where(tables.decisions.c.id == decision_id).values(live=None))
