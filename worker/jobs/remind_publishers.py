"""Reminds whoever was handed a text and has not said where it is, and a day later tells the coordinator: each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import handed
from worker.jobs.base import Job, Shift
from worker.kinds import kind_name
from worker.notices import queue
from worker.office import Office
from worker.record import holds
from worker.store.tables import occurrences
from worker.times import format_instant

PATIENCE = timedelta(days=1)
"""From the reminder until the coordinator hears of it."""


class RemindPublishers(Job):
    """Publication `asked` stays `asked`; people hear of it."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.read() as tx:
            due = (each for each in handed.waiting(tx, now) if _next(tx, each, now) and not _held(tx, each))
            told = next(due, None)
        if told is None:
            return False
        with shift.office.database.write() as tx:
            _tell(tx, shift.office, told, now)
        return True

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            ahead = (handed.next_deadline(tx, now), handed.next_deadline(tx, now - PATIENCE))
        return min((at for at in (ahead[0], ahead[1] and ahead[1] + PATIENCE) if at is not None), default=None)


def _next(tx: Connection, row: Row[Any], now: datetime) -> str:
    """Which notice is due of it; empty when everybody has been told."""
    if not queue.told(tx, f"handoff_reminder/{row.draft_id}/{row.person}"):
        return "handoff_reminder"
    late = row.deadline + PATIENCE <= now and not queue.told(tx, f"handoff_late/{row.draft_id}/{row.person}")
    return "handoff_late" if late else ""


def _held(tx: Connection, row: Row[Any]) -> bool:
    """Whether she was asked to keep it back for now."""
    return holds.covers(tx, tx.execute(select(occurrences).where(occurrences.c.id == row.occurrence_id)).one())


def _tell(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    kind = _next(tx, row, now)
    who = row.person if kind == "handoff_reminder" else office.settings.coordinator
    draft_kind, package_id = handed.draft_of(tx, row)
    hers = [each for each in handed.waiting(tx, now) if (each.draft_id, each.person) == (row.draft_id, row.person)]
    media = ", ".join(office.medium_name(each.medium) for each in hers)
    queue.put(
        tx, f"{kind}/{row.draft_id}/{row.person}", kind, who, now, occurrence_id=row.occurrence_id,
        package_id=package_id, what=kind_name(draft_kind), medium=media, publisher=office.person_name(row.person),
        since=format_instant(row.begun_at, form="at"), publication=row.id,
    )  # fmt: skip
