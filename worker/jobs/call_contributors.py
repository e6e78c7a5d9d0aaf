"""Calls those whom a row names for contributions, and reminds once whoever sent nothing. Nothing waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.contributions import calling
from worker.jobs.base import Job, Shift, act_on_one
from worker.record import holds
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences


class CallContributors(Job):
    """`planned` stays `planned`; its contributors hear of it."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office

        def due(tx: Connection, row: Row[Any]) -> bool:
            return bool(calling.due(tx, office, row, now)) and not holds.covers(tx, row)

        def call(tx: Connection, row: Row[Any]) -> bool:
            return calling.tell(tx, office, row, now)

        states = {OccurrenceState.PLANNED}
        return any(act_on_one(shift, states, due, call, tasks=tasks) for tasks in (False, True))

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        planned = select(occurrences).where(occurrences.c.state == OccurrenceState.PLANNED)
        with shift.office.database.read() as tx:
            reminders = [calling.reminds_at(row) for row in tx.execute(planned) if row.contributors]
        return min((at for at in reminders if at is not None and at > now), default=None)
