"""Taking up a plan: its occurrences come into the database, once each, and follow later edits until they are drafted.

What was drafted or sent is never rewritten. A moved send time reaches an asked or approved package as well; its digest
then no longer holds, so it is voided and asked anew by the job that watches for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from worker.messages import office_language, say, speaking
from worker.notices import concerned, queue
from worker.office import Office
from worker.plan.model import Plan
from worker.planning import guard
from worker.planning.changes import Change, What, changes
from worker.planning.current import last_version, text_diff
from worker.planning.described import Origin
from worker.record import events
from worker.store import tables
from worker.store.states import OccurrenceState, move_occurrence
from worker.times import format_instant


@dataclass
class TakenUp:
    """What an edit came to, in numbers of occurrences."""

    added: int = 0
    historical: int = 0
    changed: int = 0
    removed: int = 0


def first_start(tx: Connection, now: datetime) -> bool:
    """Note the first start; False when it was before."""
    found = update(tables.installation).where(tables.installation.c.first_start_at.is_(None))
    if tx.execute(found.values(first_start_at=now)).rowcount == 0:
        return False
    events.append(tx, "installation.first_start", now)
    return True


def take_up(tx: Connection, office: Office, plan: Plan, now: datetime) -> TakenUp | None:
    """Make the database's occurrences those of `plan` and keep the plan as the last good one.

    None: it would drop many future occurrences and nobody has confirmed it; nothing was changed, and the coordinator
    is told once.
    """
    tx.execute(select(tables.occurrences.c.id).order_by(tables.occurrences.c.id).with_for_update())  # before all else
    before = last_version(tx)
    found = changes(tx, plan, now)
    accepted_by = guard.accepted(tx, plan.digest)
    if before is not None and accepted_by is None:
        loss = guard.loss(tx, found, now)
        if guard.waits(office, loss):
            guard.hold_back(tx, office, before, plan, loss, now)
            return None
    guard.use_up(tx, plan.digest)
    tx.execute(
        tables.plan_versions.insert().values(
            digest=plan.digest, text=plan.text, taken_up_at=now, accepted_by=accepted_by,
            diff=text_diff(before, plan.text, plan.digest),
        )
    )  # fmt: skip
    result = TakenUp()
    apply(tx, office, found, now, result)
    events.append(
        tx, "plan.taken_up", now, person=accepted_by, digest=plan.digest, activities=len(plan.activities),
        added=result.added, historical=result.historical, changed=result.changed, removed=result.removed,
    )  # fmt: skip
    return result


def note_contributors(tx: Connection, plan: Plan) -> int:
    """Whom the rows of the plan in force name to contribute, noted where a database of an older version did not.

    How many occurrences that were. What a person made has none of its row's contributors and keeps none.
    """
    row = tables.occurrences.c
    noted = 0
    for activity in plan.activities:
        if activity.contributors:
            unnamed = row.activity == activity.id, row.origin == Origin.PLAN, row.contributors == []
            named = update(tables.occurrences).where(*unnamed, row.state == OccurrenceState.PLANNED)
            noted += tx.execute(named.values(contributors=list(activity.contributors))).rowcount
    return noted


def apply(tx: Connection, office: Office, found: Iterable[Change], now: datetime, result: TakenUp) -> None:
    """Do what was worked out, counting it in `result`; the caller holds the rows concerned."""
    for change in found:
        match change.what:
            case What.ADDED:
                _add(tx, office, change, now, result)
            case What.CHANGED:
                _change(tx, office, change, now, result)
            case What.REVIVED:
                _revive(tx, office, change, now, result)
            case What.DROPPED:
                _drop(tx, office, change, now, result)
            case What.GONE:
                _flag(tx, office, change, now)
            case What.BACK:
                events.append(tx, "occurrence.back", now, occurrence=change.id)
            case What.NOTED:
                _write(tx, change)


def _write(tx: Connection, change: Change) -> None:
    if change.values:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == change.id).values(**change.values))


def _add(tx: Connection, office: Office, change: Change, now: datetime, result: TakenUp) -> None:
    values = {"id": change.id, "activity": change.activity, "origin": Origin.PLAN, "state_at": now, **change.values}
    tx.execute(tables.occurrences.insert().values(state=change.state, **values))
    if change.state is OccurrenceState.HISTORICAL:
        result.historical += 1
        return
    result.added += 1
    if change.state is OccurrenceState.DROPPED:
        events.append(tx, "occurrence.dropped", now, occurrence=change.id, reason=change.reason)
    else:
        _planned(tx, office, change, values, now)


def _change(tx: Connection, office: Office, change: Change, now: datetime, result: TakenUp) -> None:
    _write(tx, change)
    result.changed += 1
    send_at = change.values.get("send_at")
    if send_at is not None:
        seq = events.append(tx, "occurrence.moved", now, occurrence=change.id, send_at=send_at.isoformat())
        if change.already_due and send_at > now:
            _tell_moved_ahead(tx, office, change, seq, now)


def _revive(tx: Connection, office: Office, change: Change, now: datetime, result: TakenUp) -> None:
    assert change.row is not None
    _write(tx, change)
    move_occurrence(tx, change.id, OccurrenceState.DROPPED, OccurrenceState.PLANNED, now)
    result.changed += 1
    _planned(tx, office, change, {**change.row._mapping, **change.values}, now)


def _planned(tx: Connection, office: Office, change: Change, values: dict[str, Any], now: datetime) -> None:
    send_at = values["send_at"].isoformat() if values["send_at"] else None
    seq = events.append(
        tx, "occurrence.planned", now, occurrence=change.id, send_at=send_at, assumed=values["assumed"],
        moved=change.already_due,
    )  # fmt: skip
    if change.already_due and change.edited:
        if values["send_at"] > now:
            _tell_moved_ahead(tx, office, change, seq, now)
    elif change.already_due:
        _ask_whether_done(tx, office, change.id, values, now)


def _tell_moved_ahead(tx: Connection, office: Office, change: Change, seq: int, now: datetime) -> None:
    """One mail about the edit that gave it a day already over; without a day left the mail about being missed does."""
    planned = change.values.get("planned_send_at") or (change.row.planned_send_at if change.row is not None else None)
    queue.put(
        tx, f"moved-ahead/{change.id}/{seq}", "moved_ahead", office.settings.coordinator, now,
        occurrence_id=change.id, planned=format_instant(planned) if planned else "",
    )  # fmt: skip


def _ask_whether_done(
    tx: Connection, office: Office, occurrence: str, values: Mapping[str, Any], now: datetime
) -> None:
    """One mail to the coordinator; where no time is left it says so and stands for the mail about being missed."""
    none_left = values["send_at"] <= now
    missed = bool(values["kinds"]) or datetime.fromisoformat(values["stages"]["deadline"]) < now
    key = queue.missed_key(occurrence, values["send_at"]) if none_left and missed else f"already-due/{occurrence}"
    kind = "already_over" if none_left else "already_due"
    queue.put(tx, key, kind, office.settings.coordinator, now, occurrence_id=occurrence)


def _drop(tx: Connection, office: Office, change: Change, now: datetime, result: TakenUp) -> None:
    """What the plan's own exception takes out while it is under way is told: nobody is to wait for it in vain."""
    assert change.row is not None
    old = OccurrenceState(change.row.state)
    move_occurrence(tx, change.id, old, OccurrenceState.DROPPED, now)
    seq = events.append(tx, "occurrence.dropped", now, occurrence=change.id, reason=_reason(change))
    result.removed += 1
    if old in (OccurrenceState.PLANNED, OccurrenceState.MISSED):
        return
    packages = select(tables.packages.c.id).where(tables.packages.c.occurrence_id == change.id)
    live = update(tables.decisions).where(tables.decisions.c.package_id.in_(packages), tables.decisions.c.live == 1)
    tx.execute(live.values(live=None))
    for package_id in tx.execute(packages).scalars():
        queue.withdraw_tidings(tx, package_id, now)
    coordinator = office.settings.coordinator
    queue.put(
        tx, f"plan-dropped/{change.id}/{seq}", "plan_dropped", coordinator, now,
        occurrence_id=change.id, reason=change.reason,
    )  # fmt: skip
    with speaking(office_language()):
        happened = say("tidings.dropped_by_plan")
    concerned.tell_cancelled(
        tx, office, change.id, seq, now, happened=happened, reason=_reason(change), besides=coordinator
    )


def _flag(tx: Connection, office: Office, change: Change, now: datetime) -> None:
    seq = events.append(tx, "occurrence.gone", now, occurrence=change.id, reason=_reason(change))
    queue.put(
        tx, f"activity-gone/{change.id}/{seq}", "plan_activity_gone", office.settings.coordinator, now,
        occurrence_id=change.id, reason=_reason(change),
    )  # fmt: skip


def _reason(change: Change) -> str:
    return change.reason or say("planning.no_longer_planned")
