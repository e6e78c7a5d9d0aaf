"""Asks the coordinator for the consent of the people told of, as soon as there is a text that tells of them.

Otherwise the approvers would be the first to learn that it lacks one, and could only return it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting.told_of import newest_tells_of_people
from worker.jobs.base import Job, Shift, act_on_one, is_over
from worker.notices import queue
from worker.record import consents, holds
from worker.store.states import OccurrenceState
from worker.times import local_day


class AskConsents(Job):
    """`preparing` and `asked` stay what they are; the coordinator hears once of each occurrence without a consent."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            if is_over(row, now) or holds.covers(tx, row) or queue.told(tx, _key(row)):
                return False
            if not newest_tells_of_people(tx, row):
                return False
            day = local_day(max(row.send_at, now))
            return not any(consent.counts_on(day) for consent in consents.of_occurrence(tx, row.id))

        def ask(tx: Connection, row: Row[Any]) -> bool:
            return queue.put(
                tx, _key(row), "consent_missing", shift.office.settings.coordinator, now, occurrence_id=row.id
            )

        return act_on_one(shift, {OccurrenceState.PREPARING, OccurrenceState.ASKED}, due, ask)


def _key(row: Row[Any]) -> str:
    return f"consent/{row.id}"
