"""What goes on all the time has no send date: near the end of each turn, a gentle question when too little is recorded.

Only a turn that nears its end after the first start is asked about: of what was done before, nobody kept a record here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.jobs.base import Job, Shift
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.plan.model import Activity, Period, Plan, Watch, Window
from worker.plan.reading.read_back import describe_watch
from worker.plan.watch import nearly_over, watch_turn
from worker.planning import rhythms
from worker.planning.described import Origin
from worker.record import events
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.store.tables import installation, occurrences
from worker.times import format_day_at, local_day, local_instant

GIVEN_UP_AFTER = timedelta(days=14)
"""How long after the turn's end the question stays open."""


class WatchRhythms(Job):
    """Nothing → `asked`; `asked` → `dropped` once enough is recorded, or when nobody answers."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.plan is None:
            return False
        plan = shift.plan
        watched = [each for each in plan.activities if each.rhythm is not None]
        with shift.office.database.read() as tx:
            first_start = tx.execute(select(installation.c.first_start_at)).scalar()
            closing = [row.id for row in rhythms.unanswered(tx) if _reason_to_close(tx, plan, row, now)]
            asking = [each for each in watched if first_start and _is_due(tx, plan, each, first_start, now)]
        if not closing and not asking:
            return False
        with shift.office.database.write() as tx:
            if closing:
                return _close(tx, plan, closing[0], now)
            return _ask(tx, shift.office, plan, asking[0], now)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        """When a turn is next nearly over, or a question is given up."""
        if shift.plan is None:
            return None
        with shift.office.database.read() as tx:
            given_up = [_given_up_at(row) for row in rhythms.unanswered(tx)]
        turns = [
            nearly_over(each.rhythm, turn)
            for each in shift.plan.activities
            if each.rhythm is not None
            for turn in _turns_ahead(each.rhythm, local_day(now), shift.plan.window)
        ]
        return min((at for at in [*given_up, *turns] if at > now), default=None)


def _turns_ahead(rhythm: Watch, today: date, span: Window) -> Iterator[Period]:
    """The turn of `today`, or the first of the plan before it begins, and the one after it."""
    day = max(today, span.start)
    while day <= span.end:
        turn = watch_turn(rhythm, day, span)
        yield turn
        if day > max(today, span.start):
            return
        day = turn.window.end + timedelta(days=1)


def _given_up_at(row: Row[Any]) -> datetime:
    """The first midnight of the day on which nobody is waited for any more."""
    return local_instant(row.window_to + GIVEN_UP_AFTER + timedelta(days=1), time())


def _is_due(tx: Connection, plan: Plan, activity: Activity, first_start: datetime, now: datetime) -> bool:
    today = local_day(now)
    if activity.rhythm is None or today not in plan.window:
        return False
    turn = watch_turn(activity.rhythm, today, plan.window)
    if not first_start < nearly_over(activity.rhythm, turn) <= now:
        return False
    known = tx.execute(select(occurrences.c.id).where(occurrences.c.id == f"{activity.id}/{turn.label}")).scalar()
    return known is None and rhythms.recorded(tx, plan, activity, turn.window) < activity.rhythm.count


def _ask(tx: Connection, office: Office, plan: Plan, activity: Activity, now: datetime) -> bool:
    assert activity.rhythm is not None
    turn = watch_turn(activity.rhythm, local_day(now), plan.window)
    made = rhythms.add(tx, activity, turn, OccurrenceState.ASKED, Origin.WATCH, now)
    if made is None:
        return False
    number = rhythms.recorded(tx, plan, activity, turn.window)
    events.append(tx, "rhythm.asked", now, occurrence=made, asked=activity.in_charge, recorded=number)
    return queue.put(
        tx, f"rhythm/{made}", "rhythm_quiet", activity.in_charge, now, occurrence_id=made, recorded=number,
        rhythm=describe_watch(activity.rhythm), until=format_day_at(turn.window.end), about=_about(tx, office, made),
    )  # fmt: skip


def _about(tx: Connection, office: Office, occurrence_id: str) -> str:
    return office.task_words(tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).one())


def _reason_to_close(tx: Connection, plan: Plan, row: Row[Any], now: datetime) -> str | None:
    activity = next((each for each in plan.activities if each.id == row.activity), None)
    if activity is not None and activity.rhythm is not None:
        number = rhythms.recorded(tx, plan, activity, watch_turn(activity.rhythm, row.window_to, plan.window).window)
        if number >= activity.rhythm.count:
            return say("planning.recorded_meanwhile", number=number)
    return say("planning.nothing_recorded") if _given_up_at(row) <= now else None


def _close(tx: Connection, plan: Plan, occurrence_id: str, now: datetime) -> bool:
    row = lock_occurrence(tx, occurrence_id)
    reason = _reason_to_close(tx, plan, row, now) if row is not None else None
    if row is None or row.state != OccurrenceState.ASKED or reason is None:
        return False
    move_occurrence(tx, row.id, OccurrenceState.ASKED, OccurrenceState.DROPPED, now)
    events.append(tx, "occurrence.dropped", now, occurrence=row.id, reason=reason)
    return True
