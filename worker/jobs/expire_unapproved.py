"""After the send deadline nothing of an occurrence goes out any more: it is missed and a person chooses.

An optional one that nobody approved is dropped without an alarm: the plan is kept without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.jobs.base import Job, Shift, act_on_one, drop_unused, is_over, overtaken_by, stage
from worker.messages import say
from worker.notices import queue
from worker.record import events, holds
from worker.store.states import OccurrenceState, move_occurrence
from worker.times import format_instant

OPEN = {
    OccurrenceState.PLANNED,
    OccurrenceState.PREPARING,
    OccurrenceState.ASKED,
    OccurrenceState.RETURNED,
    OccurrenceState.APPROVED,
}


class ExpireUnapproved(Job):
    """Anything before `sending` → `missed`; an optional one that is not `approved` → `dropped`."""

    order = 20

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def expire(tx: Connection, row: Row[Any]) -> bool:
            if row.optional and row.state != OccurrenceState.APPROVED:
                drop_unused(tx, row, now)
                return True
            move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.MISSED, now)
            events.append(tx, "occurrence.missed", now, occurrence=row.id, was=row.state)
            queue.put(
                tx, queue.missed_key(row.id, row.send_at), "missed", shift.office.settings.coordinator, now,
                occurrence_id=row.id, why=_why(tx, row),
            )  # fmt: skip
            return True

        def due(tx: Connection, row: Row[Any]) -> bool:
            return is_over(row, now) and not holds.covers(tx, row)

        return act_on_one(shift, OPEN, due, expire)


def _why(tx: Connection, row: Row[Any]) -> str:
    edited = overtaken_by(tx, row)
    if edited is not None:
        at, send_at = format_instant(edited, form="at"), format_instant(row.send_at)
        return say("notices.missed_by_edit", edited=at, send_at=send_at)
    return say(f"notices.missed_{row.state}", deadline=_deadline(row))


def _deadline(row: Row[Any]) -> str:
    at = stage(row, "deadline")
    assert at is not None, "over without a deadline"
    return format_instant(at, form="by")
