"""Tasks: mails the person in charge, reminds once, and tells the coordinator when nobody confirmed.

An optional one that nobody confirmed is dropped without an alarm: the plan is kept without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.contributions import handing
from worker.jobs.base import Job, Shift, act_on_one, drop_unused, is_due, is_over, overtaken_by, stage
from worker.notices import queue
from worker.office import Office
from worker.record import events
from worker.store.states import OccurrenceState, move_occurrence
from worker.times import format_instant


class HandOverTasks(Job):
    """`planned` → `asked` → `missed`, or `dropped` when optional; the page of the person in charge makes it `done`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            if row.state == OccurrenceState.PLANNED or is_over(row, now):
                return is_over(row, now) or is_due(row, "ask", now)
            return _is_reminder_due(row, now) and not queue.told(tx, _reminder(row))

        def hand_over(tx: Connection, row: Row[Any]) -> bool:
            return _step(tx, shift.office, row, now)

        return act_on_one(shift, {OccurrenceState.PLANNED, OccurrenceState.ASKED}, due, hand_over, tasks=True)


def _step(tx: Connection, office: Office, row: Row[Any], now: datetime) -> bool:
    if is_over(row, now) and row.optional:
        drop_unused(tx, row, now)
        return True
    if is_over(row, now):
        move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.MISSED, now)
        events.append(tx, "occurrence.missed", now, occurrence=row.id, was=row.state)
        key = queue.missed_key(row.id, row.send_at)
        to, edited = office.settings.coordinator, overtaken_by(tx, row)
        if edited is None:
            queue.put(tx, key, "task_missed", to, now, occurrence_id=row.id)
        else:
            at = format_instant(edited, form="at")
            queue.put(tx, key, "task_overtaken", to, now, occurrence_id=row.id, edited=at)
        return True
    if row.state == OccurrenceState.PLANNED:
        move_occurrence(tx, row.id, OccurrenceState.PLANNED, OccurrenceState.ASKED, now)
        events.append(tx, "task.asked", now, occurrence=row.id, asked=row.in_charge)
        key = f"task/{row.id}/{row.send_at.isoformat()}"
        about = "\n\n".join(filter(None, (office.task_words(row), handing.for_task(tx, office, row.id))))
        queue.put(tx, key, "task", row.in_charge, now, occurrence_id=row.id, about=about)
        return True
    return queue.put(tx, _reminder(row), "task_reminder", row.in_charge, now, occurrence_id=row.id)


def _is_reminder_due(row: Row[Any], now: datetime) -> bool:
    """Nobody is reminded of what she has just got."""
    at = stage(row, "remind")
    return at is not None and row.state_at < at <= now


def _reminder(row: Row[Any]) -> str:
    return f"task-reminder/{row.id}/{row.send_at.isoformat()}"
