"""After the send deadline nothing of an occurrence goes out any more: it is missed and a person chooses."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift, in_state, stage
from worker.notices import queue
from worker.record import events
from worker.store.states import OccurrenceState, move_occurrence

OPEN = (
    OccurrenceState.PLANNED,
    OccurrenceState.PREPARING,
    OccurrenceState.ASKED,
    OccurrenceState.RETURNED,
    OccurrenceState.APPROVED,
)


class ExpireUnapproved(Job):
    """Anything before `sending` → `missed`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.write() as tx:
            for row in in_state(tx, *OPEN, tasks=False):
                deadline = stage(row, "deadline")
                if deadline is None or now <= deadline:
                    continue
                if move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.MISSED, now):
                    events.append(tx, "occurrence.missed", now, occurrence=row.id, was=row.state)
                    coordinator = shift.office.settings.coordinator
                    key = f"missed/{row.id}/{row.send_at.isoformat()}"
                    queue.put(tx, key, "missed", coordinator, now, occurrence_id=row.id)
                    return True
        return False
