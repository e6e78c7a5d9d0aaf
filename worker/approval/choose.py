"""A person's choice about one occurrence: send it now after all, move it, drop it, or note that it was done.

What goes on all the time or when called for (`průběžně`, `při krizi`) is not planned: noting it done makes it.

Every choice is recorded with who made it and why. What goes out needs an approval all the same: a moved or revived
package is put before its approvers anew.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, update

from worker.approval import ask, seats
from worker.approval.unknown import has_started, no_such
from worker.approval.validity import what_changed
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.notices import concerned, queue
from worker.office import Office
from worker.plan.model import Activity, Period, Plan, Window
from worker.planning import rhythms
from worker.planning.current import plan_in_force
from worker.planning.described import Origin, stage_times
from worker.record import events, holds
from worker.record.noted import noted
from worker.store import tables
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.times import format_day, local_day

MOVABLE = {
    OccurrenceState.PLANNED,
    OccurrenceState.PREPARING,
    OccurrenceState.ASKED,
    OccurrenceState.RETURNED,
    OccurrenceState.APPROVED,
    OccurrenceState.HELD,
    OccurrenceState.MISSED,
}
DONE_BY_HAND = MOVABLE | {OccurrenceState.HISTORICAL}
FURTHEST = timedelta(days=2 * 366)
"""So far ahead something may be moved; a later day is a slip of the pen. Our assumption."""
SOONEST = timedelta(days=366)
"""So long before its window something may have been done; an earlier day is a slip of the pen. Our assumption."""


def move(
    tx: Connection, office: Office, activity: Activity, occurrence_id: str, send_at: datetime, now: datetime,
    *, reason: str, person: str, whence: str = "",
) -> None:  # fmt: skip
    """Send at another time; HlasatelError once it is being sent or closed, or for a time that is over.

    What was asked for, approved or missed is asked anew. What was returned stays returned: its rework is still wanted.
    While everything is held nothing is asked for: it is sent later, not now, and asked when the hold is over.
    """
    row = _open(tx, occurrence_id, MOVABLE)
    if row.origin == Origin.WATCH:
        raise HlasatelError(say("choices.nothing_to_move", occurrence=occurrence_id))
    waits = holds.covers(tx, row)
    if send_at < now:
        raise HlasatelError(say("approval.move_into_past"))
    if send_at > now + FURTHEST:
        raise HlasatelError(say("approval.move_too_far"))
    if waits and send_at == now:
        raise HlasatelError(say("hold.not_now", occurrence=occurrence_id))
    package = packages.latest(tx, occurrence_id)
    returned = package is not None and seats.returned(tx, package.id)
    if returned and send_at == now:
        raise HlasatelError(say("approval.rework_first", occurrence=occurrence_id))
    found = update(tables.occurrences).where(tables.occurrences.c.id == occurrence_id)
    tx.execute(found.values(send_at=send_at, stages=stage_times(activity, send_at)))
    events.append(
        tx, "choice.moved", now, occurrence=occurrence_id, person=person, reason=reason, send_at=send_at.isoformat(),
        whence=whence,
    )  # fmt: skip
    if row.state == OccurrenceState.ASKED and package is None:  # a task: whoever has it must hear of the new day
        queue.put(
            tx, f"task/{occurrence_id}/{send_at.isoformat()}", "task", row.in_charge, now, occurrence_id=occurrence_id,
            about=office.task_words(row),
        )  # fmt: skip
    if row.state == OccurrenceState.MISSED and waits and package is not None:
        if not returned:
            _void(tx, occurrence_id, now)
        move_occurrence(tx, occurrence_id, OccurrenceState.MISSED, OccurrenceState.HELD, now)
    elif row.state == OccurrenceState.MISSED and (returned or package is None):
        back = OccurrenceState.RETURNED if returned else OccurrenceState.PLANNED
        move_occurrence(tx, occurrence_id, OccurrenceState.MISSED, back, now)
    elif package is not None and not returned and row.state not in (OccurrenceState.PREPARING, OccurrenceState.HELD):
        moved = _open(tx, occurrence_id, MOVABLE)
        ask.renew(tx, office, moved, now, what_changed(tx, office, moved) or reason)


def drop(
    tx: Connection, office: Office, occurrence_id: str, now: datetime, *, reason: str, person: str, whence: str = ""
) -> None:
    """Give it up; nothing of it goes out, and no edit of the plan revives it. HlasatelError once it is being sent.

    Whoever was asked or has decided hears of it.
    """
    row = _open(tx, occurrence_id, MOVABLE)
    _void(tx, occurrence_id, now)
    old = OccurrenceState(row.state)
    move_occurrence(tx, occurrence_id, old, OccurrenceState.DROPPED, now, dropped_by=person)
    seq = events.append(
        tx, "choice.dropped", now, occurrence=occurrence_id, person=person, reason=reason, whence=whence
    )
    _tell_cancelled(tx, office, row, seq, now, "dropped", reason, person)


def done(
    tx: Connection, office: Office, occurrence_id: str, now: datetime, *, reason: str, person: str, address: str,
    on: date | None = None, whence: str = "",
) -> None:  # fmt: skip
    """Note that it was done in another way, with the address of what came of it. HlasatelError if it cannot be.

    `on` is the day it was done; without it only the day of the note is known. `socialni-site/2026-11-20` is made by
    this: one of a row without dates of its own, done on that day.
    """
    if lock_occurrence(tx, occurrence_id) is None:
        made = _make(tx, plan_in_force(tx, office), occurrence_id, now)
        on = on or made
    row = _open(tx, occurrence_id, DONE_BY_HAND)
    _refuse_day(row, on, now)
    _void(tx, occurrence_id, now)
    move_occurrence(tx, occurrence_id, OccurrenceState(row.state), OccurrenceState.DONE, now, done_on=on)
    seq = events.append(
        tx, "choice.done", now, occurrence=occurrence_id, person=person, reason=reason, address=address,
        done_on=on.isoformat() if on is not None else "", whence=whence,
    )  # fmt: skip
    _tell_cancelled(tx, office, row, seq, now, "done_otherwise", reason, person)


def done_anew(
    tx: Connection, occurrence_id: str, now: datetime,
    *, reason: str, person: str, address: str, on: date | None, whence: str = "",
) -> None:  # fmt: skip
    """Correct what a person noted of one that was done by hand; HlasatelError for any other."""
    row = lock_occurrence(tx, occurrence_id)
    if row is None or not by_hand(tx, row):
        _open(tx, occurrence_id, set())
    assert row is not None
    _refuse_day(row, on, now)
    tx.execute(
        update(tables.occurrences).where(tables.occurrences.c.id == occurrence_id).values(done_on=on or row.done_on)
    )
    events.append(
        tx, "choice.done_anew", now, occurrence=occurrence_id, person=person, reason=reason, address=address,
        done_on=on.isoformat() if on is not None else "", whence=whence,
    )  # fmt: skip


def by_hand(tx: Connection, row: Row[Any]) -> bool:
    """Whether an occurrence is done because a person noted it, so that she may put right what she noted."""
    return row.state == OccurrenceState.DONE and bool(noted(events.of_occurrence(tx, row.id)))


class BadDay(HlasatelError):
    """A day on which something cannot have been done."""


def _refuse_day(row: Row[Any], on: date | None, now: datetime) -> None:
    """BadDay for one to come, or one so long before its time that it must be a slip."""
    if on is not None and on > local_day(now):
        raise BadDay(say("choices.done_in_the_future", day=format_day(on)))
    if on is not None and on < row.window_from - SOONEST:
        raise BadDay(say("choices.done_too_soon", day=format_day(on), start=format_day(row.window_from)))


def _tell_cancelled(
    tx: Connection, office: Office, row: Row[Any], seq: int, now: datetime, key: str, reason: str, person: str
) -> None:
    """Of what was missed everybody knows already that nothing goes out."""
    if row.state == OccurrenceState.MISSED:
        return
    with speaking(office_language()):
        happened = say(f"tidings.{key}", person=office.person_name(person))
    concerned.tell_cancelled(tx, office, row.id, seq, now, happened=happened, reason=reason, besides=person)


def _make(tx: Connection, plan: Plan, occurrence_id: str, now: datetime) -> date:
    """Make the one of a day, for an activity that has none until it happens; the day. HlasatelError for any other."""
    activity_id, _, period = occurrence_id.partition("/")
    activity = next((each for each in plan.activities if each.id == activity_id), None)
    if activity is None or not rhythms.is_recorded(activity) or not has_started(tx):
        raise no_such(tx, occurrence_id)
    day = rhythms.day_of(period)
    if day is None:
        raise HlasatelError(say("choices.record_by_day", activity=activity_id, day=local_day(now).isoformat()))
    if day > local_day(now):
        raise HlasatelError(say("choices.not_yet", day=format_day(day)))
    if day not in plan.window:
        start, end = format_day(plan.window.start), format_day(plan.window.end)
        raise HlasatelError(say("choices.outside_the_plan", day=format_day(day), start=start, end=end))
    rhythms.add(tx, activity, Period(period, Window(day, day)), OccurrenceState.PLANNED, Origin.PERSON, now)
    return day


def _void(tx: Connection, occurrence_id: str, now: datetime) -> None:
    package = packages.latest(tx, occurrence_id)
    if package is not None:
        ask.void_decision(tx, package.id, now)


def _open(tx: Connection, occurrence_id: str, states: set[OccurrenceState]) -> Row[Any]:
    row = lock_occurrence(tx, occurrence_id)
    if row is None:
        raise no_such(tx, occurrence_id)
    if row.state not in states:
        raise HlasatelError(say("approval.no_choice", occurrence=occurrence_id, state=say(f"states.{row.state}")))
    return row
