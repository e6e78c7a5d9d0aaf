"""What reached the public: mailings that ended, told to the sources of later drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, or_, select

from worker.record import embargoes
from worker.sources.base import Published
from worker.store.states import MailingState, OccurrenceState
from worker.store.tables import drafts, mailings, occurrences, packages, withdrawals
from worker.times import local_day

LONGEST_EMBARGO = timedelta(days=100)
"""So far back is looked for what an embargo held until the span; our assumption."""


def published_between(tx: Connection, since: datetime, until: datetime) -> Sequence[Published]:
    """Mailings to somebody that were begun in the half-open span, and tasks reported done in it.

    What was under embargo became public at its end, and counts from then on: no text made before names it. What was
    withdrawn is named by none.
    """
    rows = [*_mailed(tx, since - LONGEST_EMBARGO, until), *_done(tx, since - LONGEST_EMBARGO, until)]
    ends = embargoes.ends(tx, {row.package_id for row in rows if row.package_id is not None})
    public = [(row, max(row.at, ends.get(row.package_id, row.at))) for row in rows]
    return [Published(row.id, row.title, row.kind, at) for row, at in public if since <= at < until]


def _mailed(tx: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    row = mailings.c
    columns: tuple[Any, ...] = (
        row.occurrence_id.label("id"), drafts.c.subject.label("title"), drafts.c.kind, drafts.c.package_id,
        row.frozen_at.label("at"),
    )  # fmt: skip
    ended = row.state == MailingState.DONE, row.audience > 0, row.frozen_at >= since, row.frozen_at < until
    found = select(*columns).join(drafts, drafts.c.id == row.draft_id).where(*ended, row.occurrence_id.not_in(_gone()))
    return tx.execute(found).all()


def _done(tx: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """What was done by hand; of one that had texts, the newest version says what is under embargo."""
    row = occurrences.c
    newest = select(func.max(packages.c.id)).where(packages.c.occurrence_id == row.id).scalar_subquery()
    columns: tuple[Any, ...] = (
        row.id, row.title, literal("task").label("kind"), newest.label("package_id"), row.state_at.label("at"),
    )  # fmt: skip
    found = select(*columns).where(
        row.state == OccurrenceState.DONE,
        row.state_at >= since,
        row.state_at < until,
        # What is noted years after it was done is no news.
        or_(row.done_on.is_(None), row.done_on >= local_day(since + LONGEST_EMBARGO)),
        row.id.not_in(select(mailings.c.occurrence_id)),
        row.id.not_in(_gone()),
    )
    return tx.execute(found).all()


def _gone() -> Select[Any]:
    return select(withdrawals.c.occurrence_id)


def last_sent(tx: Connection, activity: str) -> datetime | None:
    """When the activity's latest mailing to somebody was begun; None when none ever was."""
    return tx.execute(
        select(func.max(mailings.c.frozen_at, type_=mailings.c.frozen_at.type))
        .join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
        .where(occurrences.c.activity == activity, mailings.c.state == MailingState.DONE, mailings.c.audience > 0)
    ).scalar()
