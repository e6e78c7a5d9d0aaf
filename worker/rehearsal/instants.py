"""When something can happen next. The clock of a rehearsal jumps there; in between no job would find anything to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from worker.jobs import Shift, all_jobs
from worker.store.states import CLOSED_OCCURRENCES, MailingState, NoticeState, OccurrenceState, PublicationState
from worker.store.tables import mailings, notices, occurrences, publications, slices

ROUND = timedelta(seconds=1)
"""What is over is found over by the first round after its deadline."""
_IDLE = (*CLOSED_OCCURRENCES, OccurrenceState.MISSED)


def next_instant(shift: Shift, now: datetime) -> datetime | None:
    """The first instant after `now` at which a job may have work; None when nothing lies ahead any more."""
    ahead = [job.next_at(shift, now) for job in all_jobs()]
    with shift.office.database.read() as tx:
        ahead += [*_stages(tx), *_repeats(tx)]
    return min((at for at in ahead if at is not None and at > now), default=None)


def _stages(tx: Connection) -> Iterator[datetime]:
    for stages in tx.execute(select(occurrences.c.stages).where(occurrences.c.state.not_in(_IDLE))).scalars():
        for name, text in stages.items():
            at = datetime.fromisoformat(text)
            yield at + ROUND if name == "deadline" else at


def _repeats(tx: Connection) -> Iterator[datetime]:
    """What waits for a time of its own: notices; publications; mailings, for a retry, an allowance or their relay."""
    sending = select(mailings.c.id).where(mailings.c.state == MailingState.SENDING)
    waiting = (
        (notices.c.due_at, notices.c.state == NoticeState.QUEUED),
        (publications.c.due_at, publications.c.state == PublicationState.QUEUED),
        (slices.c.due_at, slices.c.mailing_id.in_(sending)),
        (mailings.c.resume_at, mailings.c.state == MailingState.PAUSED),
    )
    for column, where in waiting:
        at = tx.execute(select(func.min(column, type_=column.type)).where(where)).scalar()
        if at is not None:
            yield at
