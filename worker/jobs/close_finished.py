"""Closes mailings whose every row is final, and occurrences whose mailings, publications and hand-offs are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select

from worker.delivery import mailings as delivery
from worker.jobs.base import Job, Shift
from worker.record import events
from worker.store.states import (
    OPEN_PUBLICATIONS,
    MailingState,
    NoticeState,
    OccurrenceState,
    PublicationState,
    try_move_occurrence,
)
from worker.store.tables import mailings, notices, occurrences, publications

_RUNNING = exists().where(mailings.c.occurrence_id == occurrences.c.id, mailings.c.state != MailingState.DONE)
_UNDER_WAY = exists().where(
    publications.c.occurrence_id == occurrences.c.id,
    or_(
        publications.c.state.in_(OPEN_PUBLICATIONS),
        and_(publications.c.state == PublicationState.UNKNOWN, publications.c.due_at.is_not(None)),
    ),
)
_HANDED_OFF_SOON = exists().where(
    notices.c.occurrence_id == occurrences.c.id,
    notices.c.kind == "handoff",
    notices.c.state.in_([NoticeState.QUEUED, NoticeState.SENDING, NoticeState.PAUSED]),
)
_FINISHED = (
    select(occurrences.c.id)
    .where(occurrences.c.state == OccurrenceState.SENDING, ~_RUNNING, ~_UNDER_WAY, ~_HANDED_OFF_SOON)
    .limit(1)
)


class CloseFinished(Job):
    """Mailing `sending` or `paused` → `done`, then occurrence `sending` → `done`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.write() as tx:
            mailing = delivery.next_to_close(tx)
            if mailing is not None:
                delivery.close(tx, shift.office, mailing, now)
                return True
            return _close_occurrence(tx, now)


def _close_occurrence(tx: Connection, now: datetime) -> bool:
    occurrence_id = tx.execute(_FINISHED).scalar()
    if occurrence_id is None:
        return False
    if not try_move_occurrence(tx, occurrence_id, OccurrenceState.SENDING, OccurrenceState.DONE, now):
        return False
    events.append(tx, "occurrence.done", now, occurrence=occurrence_id)
    return True
