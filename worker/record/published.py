"""What reached the public: mailings that ended, told to the sources of later drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from worker.sources.base import Published
from worker.store.states import MailingState, OccurrenceState
from worker.store.tables import drafts, mailings, occurrences


def published_between(tx: Connection, since: datetime, until: datetime) -> Sequence[Published]:
    """Mailings to somebody that were begun in the half-open span, and tasks reported done in it."""
    sent = tx.execute(
        select(mailings.c.occurrence_id, drafts.c.subject, drafts.c.kind, mailings.c.frozen_at)
        .join(drafts, drafts.c.id == mailings.c.draft_id)
        .where(
            mailings.c.state == MailingState.DONE,
            mailings.c.audience > 0,
            mailings.c.frozen_at >= since,
            mailings.c.frozen_at < until,
        )
    )
    done = tx.execute(
        select(occurrences.c.id, occurrences.c.title, occurrences.c.state_at).where(
            occurrences.c.state == OccurrenceState.DONE,
            occurrences.c.state_at >= since,
            occurrences.c.state_at < until,
            occurrences.c.id.not_in(select(mailings.c.occurrence_id)),
        )
    )
    return [
        *(Published(row.occurrence_id, row.subject, row.kind, row.frozen_at) for row in sent),
        *(Published(row.id, row.title, "task", row.state_at) for row in done),
    ]


def last_sent(tx: Connection, activity: str) -> datetime | None:
    """When the activity's latest mailing to somebody was begun; None when none ever was."""
    return tx.execute(
        select(func.max(mailings.c.frozen_at, type_=mailings.c.frozen_at.type))
        .join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
        .where(occurrences.c.activity == activity, mailings.c.state == MailingState.DONE, mailings.c.audience > 0)
    ).scalar()
