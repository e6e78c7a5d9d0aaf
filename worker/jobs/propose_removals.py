"""Tells whoever posted a text on a notice board when it may come down, and a week later the coordinator: each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import handed
from worker.jobs.base import Job, Shift
from worker.kinds import kind_name
from worker.notices import queue
from worker.office import Office
from worker.publishing import boards
from worker.times import format_day, local_day

PATIENCE = timedelta(days=7)
"""From the proposal until the coordinator hears of it."""


class ProposeRemovals(Job):
    """Publication `published` stays so; people hear that its days on the board are over."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.read() as tx:
            found = next((each for each in boards.may_come_down(tx, now) if _next(tx, each, now)), None)
        if found is None:
            return False
        with shift.office.database.write() as tx:
            _tell(tx, shift.office, found, now)
        return True

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            return boards.next_morning(tx, now)


def _next(tx: Connection, row: Row[Any], now: datetime) -> str:
    """Which notice is due of it; empty when everybody has been told."""
    if not queue.told(tx, f"removal/{row.id}"):
        return "removal"
    overdue = local_day(now) >= row.comes_down_on + PATIENCE
    return "removal_late" if overdue and not queue.told(tx, f"removal_late/{row.id}") else ""


def _tell(tx: Connection, office: Office, row: Row[Any], now: datetime) -> None:
    kind = _next(tx, row, now)
    known = row.person if row.person in office.people else office.settings.coordinator
    draft_kind, package_id = handed.draft_of(tx, row)
    queue.put(
        tx, f"{kind}/{row.id}", kind, known if kind == "removal" else office.settings.coordinator, now,
        occurrence_id=row.occurrence_id, package_id=package_id, what=kind_name(draft_kind),
        medium=office.medium_name(row.medium), publisher=office.person_name(row.person), publication=row.id,
        id=row.medium, posted=format_day(row.posted_on), down=format_day(row.comes_down_on),
    )  # fmt: skip
