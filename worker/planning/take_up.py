"""Taking up a plan: its occurrences come into the database, once each, and follow later edits until they are drafted.

What was drafted or sent is never rewritten. A moved send time reaches an asked or approved package as well; its digest
then no longer holds, so it is voided and asked anew by the job that watches for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.kinds import all_kinds
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.plan.first_start import FirstState, settle
from worker.plan.model import Activity, Occurrence, Plan
from worker.plan.occurrences import occurrences as occurrences_of
from worker.plan.stages import stages
from worker.planning.titles import title
from worker.record import events
from worker.store import tables
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState, move_occurrence

TASK_LATENESS = timedelta(days=7)
"""How long after its day a task may still be confirmed without counting as missed: our assumption."""

UNTOUCHED = (OccurrenceState.PLANNED, OccurrenceState.DROPPED)


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


def take_up(tx: Connection, office: Office, plan: Plan, now: datetime) -> TakenUp:
    """Make the database's occurrences those of `plan` and keep the plan as the last good one."""
    everything = select(tables.occurrences).order_by(tables.occurrences.c.id).with_for_update()
    known = {row.id: row for row in tx.execute(everything)}  # held in one order, before anything else is
    tx.execute(tables.plan_versions.insert().values(digest=plan.digest, text=plan.text, taken_up_at=now))
    result = TakenUp()
    planned = occurrences_of(plan)
    for occurrence in planned:
        activity = plan.activity(occurrence.activity_id)
        row = known.get(occurrence.id)
        if row is None:
            _add(tx, office, activity, occurrence, now, result)
        else:
            _follow(tx, activity, occurrence, row, now, result)
    for gone in sorted(known.keys() - {occurrence.id for occurrence in planned}):
        _remove(tx, office, known[gone], now, result)
    events.append(
        tx, "plan.taken_up", now, digest=plan.digest, activities=len(plan.activities), added=result.added,
        historical=result.historical, changed=result.changed, removed=result.removed,
    )  # fmt: skip
    return result


def lateness(activity: Activity) -> timedelta:
    """The activity's maximum lateness: its own, its main kind's, or a task's. The first kind named is the main one."""
    if activity.max_lateness is not None:
        return activity.max_lateness
    return all_kinds()[activity.kinds[0]].max_lateness if activity.kinds else TASK_LATENESS


def stage_times(activity: Activity, send_at: datetime | None) -> dict[str, str]:
    """Stage name → RFC 3339 in UTC, as kept with the occurrence; empty without a send time."""
    if send_at is None:
        return {}
    found = stages(send_at, activity.lead, lateness(activity))
    return {name.removesuffix("_at"): at.astimezone(UTC).isoformat() for name, at in vars(found).items()}


def _described(activity: Activity, occurrence: Occurrence, send_at: datetime | None) -> dict[str, Any]:
    written = activity.as_written
    return {
        "title": title(activity, occurrence),
        "window_from": occurrence.window.start,
        "window_to": occurrence.window.end,
        "send_at": send_at,
        "planned_send_at": occurrence.send_at,
        "assumed": occurrence.assumed,
        "kinds": list(activity.kinds),
        "lists": list(activity.lists),
        "approvers": list(activity.approvers),
        "in_charge": activity.in_charge,
        "about": say(
            "planning.about",
            activity=written.activity,
            target=written.target,
            topic=written.topic,
            resources=written.resources,
        ),
        "stages": stage_times(activity, send_at),
    }


def _add(
    tx: Connection, office: Office, activity: Activity, occurrence: Occurrence, now: datetime, result: TakenUp
) -> None:
    settled = settle(occurrence, now)
    tx.execute(
        tables.occurrences.insert().values(
            id=occurrence.id,
            activity=activity.id,
            period=occurrence.period,
            state=OccurrenceState(settled.state),
            state_at=now,
            **_described(activity, occurrence, settled.send_at),
        )
    )
    if settled.state is FirstState.HISTORICAL:
        result.historical += 1
        return
    result.added += 1
    send_at = settled.send_at.isoformat() if settled.send_at else None
    events.append(
        tx, "occurrence.planned", now, occurrence=occurrence.id, send_at=send_at, assumed=occurrence.assumed,
        moved=settled.already_due,
    )  # fmt: skip
    if settled.already_due:
        queue.put(
            tx, f"already-due/{occurrence.id}", "already_due", office.settings.coordinator, now,
            occurrence_id=occurrence.id,
        )  # fmt: skip


def _follow(
    tx: Connection, activity: Activity, occurrence: Occurrence, row: Row[Any], now: datetime, result: TakenUp
) -> None:
    state = OccurrenceState(row.state)
    moved = occurrence.send_at != row.planned_send_at
    if state is OccurrenceState.DROPPED and row.dropped_by is None:  # the plan took it out and has put it back
        move_occurrence(tx, row.id, state, OccurrenceState.PLANNED, now)
        send_again = occurrence.send_at.isoformat() if occurrence.send_at else None
        events.append(
            tx, "occurrence.planned", now, occurrence=row.id, send_at=send_again, assumed=occurrence.assumed,
            moved=False,
        )  # fmt: skip
    elif state in CLOSED_OCCURRENCES or state in (OccurrenceState.SENDING, OccurrenceState.MISSED):
        if moved:  # noted, so that a later edit of something else does not look like a new date
            found = update(tables.occurrences).where(tables.occurrences.c.id == row.id)
            tx.execute(found.values(planned_send_at=occurrence.send_at))
        return
    send_at = occurrence.send_at if moved else row.send_at
    values = _described(activity, occurrence, send_at)
    if state not in UNTOUCHED:
        values.pop("kinds")  # what was drafted is never rewritten by an edit
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        return
    tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == row.id).values(**changes))
    result.changed += 1
    if moved and send_at is not None:
        events.append(tx, "occurrence.moved", now, occurrence=row.id, send_at=send_at.isoformat())


def _remove(tx: Connection, office: Office, row: Row[Any], now: datetime, result: TakenUp) -> None:
    state = OccurrenceState(row.state)
    if state is OccurrenceState.PLANNED:
        move_occurrence(tx, row.id, state, OccurrenceState.DROPPED, now)
        events.append(tx, "occurrence.dropped", now, occurrence=row.id, reason=say("planning.no_longer_planned"))
        result.removed += 1
    elif state not in CLOSED_OCCURRENCES and state is not OccurrenceState.MISSED:
        queue.put(
            tx, f"activity-gone/{row.id}", "plan_activity_gone", office.settings.coordinator, now, occurrence_id=row.id
        )
