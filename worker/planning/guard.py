"""The guard against an edit that takes much away: it waits for a person, and the last good plan goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.notices import queue
from worker.office import Office
from worker.plan.model import Plan
from worker.planning.changes import Change, What
from worker.planning.described import Origin
from worker.record import events
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState
from worker.store.tables import occurrences, plan_acceptances
from worker.times import local_day

OPEN = tuple(state for state in OccurrenceState if state not in CLOSED_OCCURRENCES)


@dataclass(frozen=True)
class Loss:
    """How many of the open occurrences that are still ahead an edit takes out, and of which activities."""

    open: int
    lost: int
    activities: tuple[tuple[str, int], ...]
    """(activity id, how many), most first."""

    def named(self) -> str:
        """`tiskova-zprava (3), newsletter (1)`."""
        return ", ".join(f"{activity} ({number})" for activity, number in self.activities)


def loss(tx: Connection, found: Iterable[Change], now: datetime) -> Loss:
    """What `found` would take out of what is ahead at `now`. What is only flagged counts too: its row is gone."""
    today = local_day(now)
    ahead = select(func.count()).where(
        occurrences.c.origin == Origin.PLAN, occurrences.c.state.in_(OPEN), occurrences.c.window_to >= today
    )
    lost = Counter(
        change.activity
        for change in found
        if change.what in (What.DROPPED, What.GONE) and change.row is not None and change.row.window_to >= today
    )
    return Loss(tx.execute(ahead).scalar_one(), lost.total(), tuple(sorted(lost.items(), key=lambda each: -each[1])))


def waits(office: Office, found: Loss) -> bool:
    """Whether the edit is taken up only after a person has confirmed it."""
    limits = office.settings.editing
    return found.lost >= limits.dropped_min and found.lost > limits.dropped_share * found.open


def hold_back(tx: Connection, office: Office, before: Row[Any], plan: Plan, found: Loss, now: datetime) -> None:
    """Tell the coordinator, once for this file against this plan in force."""
    told = queue.put(
        tx, key(before.id, plan.digest), "plan_waits", office.settings.coordinator, now, lost=found.lost,
        open=found.open, activities=found.named(),
    )  # fmt: skip
    if told:
        events.append(tx, "plan.held_back", now, digest=plan.digest, lost=found.lost, open=found.open)


def accepted(tx: Connection, digest: str) -> str | None:
    """Who confirmed the very file of this digest; None when nobody did."""
    found = select(plan_acceptances.c.person).where(plan_acceptances.c.digest == digest)
    person: str | None = tx.execute(found).scalar()
    return person


def accept(tx: Connection, digest: str, person: str, reason: str, now: datetime) -> bool:
    """Confirm the file of this digest as it stands; False when it was confirmed before and is not taken up yet."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(plan_acceptances)
        .values(digest=digest, person=person, reason=reason, at=now)
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(plan_acceptances.c.digest)
    )
    if tx.execute(statement).first() is None:
        return False
    events.append(tx, "plan.accepted", now, person=person, digest=digest, reason=reason)
    return True


def use_up(tx: Connection, digest: str) -> None:
    """A confirmation holds for one time: the same file saved again later, over another plan, needs a new one."""
    tx.execute(delete(plan_acceptances).where(plan_acceptances.c.digest == digest))


def key(version_id: int, digest: str) -> str:
    """The reason of the one mail about a file that waits while that version is in force."""
    return f"plan-waits/{version_id}/{digest}"
