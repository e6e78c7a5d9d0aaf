"""Closes mailings whose every row is final, and occurrences whose mailings, publications and hand-offs are.

What was only handed to people is done when one of them says that it is out; when nobody says anything, two weeks after
the day on which it should have been: the record then shows that nobody said so.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select

from worker.delivery import mailings as delivery
from worker.jobs.base import Job, Shift
from worker.record import events
from worker.record.places import SILENCE
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
_OF_IT = publications.c.occurrence_id == occurrences.c.id
_OUT = or_(
    exists().where(mailings.c.occurrence_id == occurrences.c.id),
    exists().where(_OF_IT, publications.c.state == PublicationState.PUBLISHED),
)
_TOLD_OF_LATER = exists().where(
    _OF_IT,
    publications.c.state == PublicationState.ASKED,
    publications.c.deadline > bindparam("patience", type_=publications.c.deadline.type),
)
_FINISHED = (
    select(occurrences.c.id)
    .where(occurrences.c.state == OccurrenceState.SENDING, ~_RUNNING, ~_UNDER_WAY, ~_HANDED_OFF_SOON)
    .where(or_(_OUT, ~_TOLD_OF_LATER))
    .limit(1)
)
_WAITING = (
    select(func.min(publications.c.deadline, type_=publications.c.deadline.type))
    .join(occurrences, occurrences.c.id == publications.c.occurrence_id)
    .where(occurrences.c.state == OccurrenceState.SENDING, publications.c.state == PublicationState.ASKED)
    .where(publications.c.deadline > bindparam("patience", type_=publications.c.deadline.type))
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

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            deadline: datetime | None = tx.execute(_WAITING, {"patience": now - SILENCE}).scalar()
        return None if deadline is None else deadline + SILENCE


def _close_occurrence(tx: Connection, now: datetime) -> bool:
    occurrence_id = tx.execute(_FINISHED, {"patience": now - SILENCE}).scalar()
    if occurrence_id is None:
        return False
    if not try_move_occurrence(tx, occurrence_id, OccurrenceState.SENDING, OccurrenceState.DONE, now):
        return False
    events.append(tx, "occurrence.done", now, occurrence=occurrence_id)
    return True
