"""What a plan changes in the database, occurrence by occurrence: worked out here, shown and done elsewhere.

What was drafted or sent is never rewritten, what a person recorded or dropped is never touched, and what is under way
when the plan gives it up is flagged and stays open until a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.plan.first_start import FirstState, first_ahead, is_overtaken, settle
from worker.plan.model import Activity, ApprovalRule, Occurrence, Plan
from worker.planning.described import Origin, described
from worker.planning.real_days import is_unused, planned
from worker.store import tables
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState

UNTOUCHED = (OccurrenceState.PLANNED, OccurrenceState.DROPPED)
BOUND = ("send_at", "approvers", "approval", "lists")
"""What an approval is bound to besides the drafts themselves."""


class What(StrEnum):
    """What happens to one occurrence."""

    ADDED = "added"
    CHANGED = "changed"
    DROPPED = "dropped"
    REVIVED = "revived"
    GONE = "gone"
    """The plan gave it up while it was under way: flagged, and open until a person drops or finishes it."""
    BACK = "back"
    """In the plan again after it was gone."""
    NOTED = "noted"
    """Only what the plan says of it is written down: it is closed, being sent, or waits for a person's choice."""


@dataclass(frozen=True)
class Change:
    """One occurrence's part of an edit. `values`: column → what it becomes; `row`: as it stands, None for a new one."""

    what: What
    id: str
    activity: str
    row: Row[Any] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    state: OccurrenceState | None = None
    """What it begins in, for an added one."""
    reason: str = ""
    """Why the plan leaves it out although its row is there; empty when the plan does not hold it any more."""
    already_due: bool = False
    """Its assumed or counted day was over, so it moved if it could, and the coordinator is told."""
    edited: bool = False
    """It is an edit that put its day into the past, and not the first start in the middle of a period."""

    @property
    def moved(self) -> bool:
        return "send_at" in self.values

    @property
    def asked_anew(self) -> bool:
        """Whether what its approvers were asked, or decided, does not hold after it."""
        asked = self.row is not None and self.row.state in (OccurrenceState.ASKED, OccurrenceState.APPROVED)
        has_drafts = self.row is not None and bool(self.row.kinds)
        return self.what is What.CHANGED and asked and has_drafts and any(map(self._binds, BOUND))

    def _binds(self, name: str) -> bool:
        """Whether `name` changes; the order of the approvers counts only where each waits for the one before."""
        if name not in self.values or name != "approvers" or self.row is None:
            return name in self.values
        in_order = self.values.get("approval", self.row.approval) == ApprovalRule.IN_ORDER
        return in_order or sorted(self.values["approvers"]) != sorted(self.row.approvers)


def changes(tx: Connection, plan: Plan, now: datetime) -> list[Change]:
    """Everything that taking up `plan` at `now` does, in the order of the plan; what leaves it comes last."""
    rows = tx.execute(select(tables.occurrences).order_by(tables.occurrences.c.id))
    known = {row.id: row for row in rows}
    flagged = gone(tx)
    edited = is_edit(tx)
    held = {each.id: each for each in planned(tx, plan, known, now, edited=edited)}
    found: list[Change] = []
    for occurrence in held.values():
        activity = plan.activity(occurrence.activity_id)
        row = known.get(occurrence.id)
        if row is None:
            found.append(_added(activity, occurrence, now, edited))
        elif row.origin == Origin.PLAN:
            found += _followed(activity, occurrence, row, flagged, now)
    for occurrence_id in sorted(known.keys() - held.keys()):
        row = known[occurrence_id]
        if row.origin == Origin.PLAN:
            found += _left_out(row, "", flagged)
    return found


def gone(tx: Connection) -> set[str]:
    """Ids of the occurrences that the plan gave up while they were under way, and has not taken back."""
    kinds = ("occurrence.gone", "occurrence.back")
    told = select(tables.events.c.occurrence_id, tables.events.c.kind).where(tables.events.c.kind.in_(kinds))
    last = {row.occurrence_id: row.kind for row in tx.execute(told.order_by(tables.events.c.seq))}
    return {occurrence_id for occurrence_id, kind in last.items() if kind == kinds[0]}


def is_edit(tx: Connection) -> bool:
    """Whether a plan was taken up before, so that the next one is an edit of it."""
    return tx.execute(select(tables.plan_versions.c.id).limit(1)).first() is not None


def _added(activity: Activity, occurrence: Occurrence, now: datetime, edited: bool) -> Change:
    settled = settle(occurrence, now, edited=edited)
    return Change(
        What.ADDED,
        occurrence.id,
        activity.id,
        values={"period": occurrence.period, **described(activity, occurrence, settled.send_at)},
        state=OccurrenceState(settled.state),
        reason=occurrence.dropped or "",
        already_due=settled.already_due,
        edited=edited,
    )


def _followed(
    activity: Activity, occurrence: Occurrence, row: Row[Any], flagged: set[str], now: datetime
) -> Iterable[Change]:
    state = OccurrenceState(row.state)
    if state is OccurrenceState.DROPPED and row.dropped_by is None:
        return _revived(activity, occurrence, row, now)
    if state in CLOSED_OCCURRENCES or state is OccurrenceState.SENDING:
        return _noted(occurrence, row)
    exemption = activity.exemptions.get(occurrence.period)
    if occurrence.dropped is not None and exemption is not None and exemption.dropped:  # this very one was meant
        return [Change(What.DROPPED, row.id, row.activity, row, reason=occurrence.dropped)]
    if state is OccurrenceState.MISSED:
        return _noted(occurrence, row)
    if occurrence.dropped is not None:
        return _left_out(row, occurrence.dropped, flagged)
    back = [Change(What.BACK, row.id, row.activity, row)] if row.id in flagged else []
    redated = occurrence.send_at != row.planned_send_at
    overtaken = redated and is_overtaken(occurrence, now)
    send_at = occurrence.send_at if redated else row.send_at
    if overtaken:
        send_at = first_ahead(occurrence, now) or send_at
    values = _differing(row, described(activity, occurrence, send_at))
    if state not in UNTOUCHED:
        values.pop("kinds", None)
    change = Change(What.CHANGED, row.id, row.activity, row, values, already_due=overtaken, edited=True)
    return [*back, change] if values else back


def _revived(activity: Activity, occurrence: Occurrence, row: Row[Any], now: datetime) -> Iterable[Change]:
    """It had been taken out and is in the plan again, unless its time is over meanwhile.

    An optional one whose deadline passed unused is not asked for again, save at another time.
    """
    moved = occurrence.send_at != row.planned_send_at
    settled = settle(occurrence, now, edited=True)
    if occurrence.dropped is not None or settled.state is FirstState.HISTORICAL or (not moved and is_unused(row, now)):
        return []
    keeps_its_time = not moved and row.send_at is not None and row.send_at > now
    send_at = row.send_at if keeps_its_time else settled.send_at
    values = _differing(row, described(activity, occurrence, send_at))
    already_due = settled.already_due and not keeps_its_time
    return [Change(What.REVIVED, row.id, row.activity, row, values, already_due=already_due, edited=True)]


def _left_out(row: Row[Any], reason: str, flagged: set[str]) -> Iterable[Change]:
    state = OccurrenceState(row.state)
    if state is OccurrenceState.PLANNED:
        return [Change(What.DROPPED, row.id, row.activity, row, reason=reason)]
    if state in CLOSED_OCCURRENCES or state is OccurrenceState.MISSED or row.id in flagged:
        return []
    return [Change(What.GONE, row.id, row.activity, row, reason=reason)]


def _noted(occurrence: Occurrence, row: Row[Any]) -> Iterable[Change]:
    """So that a later edit of something else does not look like a new date."""
    if occurrence.dropped is not None or occurrence.send_at == row.planned_send_at:
        return []
    return [Change(What.NOTED, row.id, row.activity, row, {"planned_send_at": occurrence.send_at})]


def _differing(row: Row[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}
