"""Asks those whom a row names to translate for the draft in their language, as soon as there is one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.contributions import translating
from worker.jobs.base import Job, Shift, act_on_one
from worker.record import holds
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences


class CallTranslators(Job):
    """`preparing` stays `preparing`; its translators hear of it, and have until the approvers are asked."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office

        def due(tx: Connection, row: Row[Any]) -> bool:
            return bool(translating.due(tx, office, row, now)) and not holds.covers(tx, row)

        def call(tx: Connection, row: Row[Any]) -> bool:
            return translating.tell(tx, office, row, now)

        return act_on_one(shift, {OccurrenceState.PREPARING}, due, call)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        preparing = select(occurrences).where(occurrences.c.state == OccurrenceState.PREPARING)
        with shift.office.database.read() as tx:
            reminders = [translating.reminds_at(row) for row in tx.execute(preparing) if row.contributors and row.kinds]
        return min((at for at in reminders if at > now), default=None)
