"""After the send deadline nothing of an occurrence goes out any more: it is missed and a person chooses.

Drafting catches up until the send time alone, so what has no draft by then is missed at once: nothing can come of it.

An optional one that nobody approved is dropped without an alarm: the plan is kept without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import seats
from worker.drafting import packages
from worker.jobs.base import Job, Shift, act_on_one, drop_unused, is_due, is_over, overtaken_by, stage
from worker.messages import say
from worker.notices import concerned, queue
from worker.office import Office
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
                occurrence_id=row.id, why=_why(tx, shift.office, row),
            )  # fmt: skip
            _tell_the_others(tx, shift.office, row, now)
            return True

        def due(tx: Connection, row: Row[Any]) -> bool:
            return (is_over(row, now) or _stays_undrafted(row, now)) and not holds.covers(tx, row)

        return act_on_one(shift, OPEN, due, expire)


def _tell_the_others(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    """Whoever was asked or has decided hears that nothing goes out, and that there is nothing left to decide."""
    queue.withdraw(tx, row.id, now)
    concerned.tell(
        tx, office, concerned.of_occurrence(tx, row.id) - {office.settings.coordinator}, "missed_told",
        f"{row.id}/{row.send_at.isoformat()}", now, occurrence_id=row.id, why=_why(tx, office, row),
    )  # fmt: skip


def _stays_undrafted(row: Row[Any], now: datetime) -> bool:
    """Whether nothing was drafted up to a send time of the plan. One a person chose is drafted until the deadline."""
    return row.state == OccurrenceState.PLANNED and row.send_at == row.planned_send_at and is_due(row, "send", now)


def _why(tx: Connection, office: Office, row: Row[Any]) -> str:
    edited = overtaken_by(tx, row)
    if edited is not None:
        at, send_at = format_instant(edited, form="at"), format_instant(row.send_at)
        return say("notices.missed_by_edit", edited=at, send_at=send_at)
    if row.state == OccurrenceState.ASKED and (package := packages.latest(tx, row.id)) is not None:
        made = seats.live(tx, package.id)
        wanted = ", ".join(office.person_name(each) for each in seats.waiting(package, made))
        if made:
            return say("notices.missed_in_part", deadline=_last_chance(row), waiting=wanted)
    return say(f"notices.missed_{row.state}", deadline=_last_chance(row))


def _last_chance(row: Row[Any]) -> str:
    """Until when it could still have gone on its way, as it stands after the words do or by."""
    undrafted = row.state == OccurrenceState.PLANNED and row.send_at == row.planned_send_at
    at = row.send_at if undrafted else stage(row, "deadline")
    assert at is not None, "over without a deadline"
    return format_instant(at, form="by")
