"""A correction of what was mailed: an occurrence of the same row, to those who got the original.

It is drafted, asked for, approved and sent like any other, and nothing of the original is rewritten: the record holds
both, and which one corrects which.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.plan.model import Plan
from worker.planning import ad_hoc
from worker.record import events
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import mailings, occurrences

KIND = "correction"


def correct(
    tx: Connection, plan: Plan, occurrence_id: str, now: datetime, *, send_at: datetime | None, reason: str,
    person: str, whence: str,
) -> tuple[str, datetime]:  # fmt: skip
    """Make the correction of an occurrence that was mailed; the id of the new one, and when it goes out.

    `send_at` is aware, None for as soon as somebody can have read it. HlasatelError for one that mailed nothing or is
    being mailed still, and where the plan no longer has its row.
    """
    row = lock_occurrence(tx, occurrence_id)
    lists = mailed_to(tx, occurrence_id)
    if row is None or not lists:
        raise HlasatelError(say("corrections.nothing_mailed", occurrence=occurrence_id))
    if row.state != OccurrenceState.DONE:  # whoever gets it later must not be left without the correction
        raise HlasatelError(say("corrections.still_sending", occurrence=occurrence_id))
    with speaking(office_language()):
        called = say("corrections.title", title=row.title)[: ad_hoc.LONGEST_TITLE]
    made = ad_hoc.new(
        tx, plan, KIND, now, activity_id=row.activity, send_at=send_at, called=called, reason=reason, person=person,
        whence=whence,
    )  # fmt: skip
    found = update(occurrences).where(occurrences.c.id == made)
    goes_out: datetime = tx.execute(
        found.values(corrects=occurrence_id, lists=lists).returning(occurrences.c.send_at)
    ).scalar_one()
    events.append(tx, "correction.begun", now, occurrence=occurrence_id, person=person, correction=made, reason=reason)
    return made, goes_out


def mailed_to(tx: Connection, occurrence_id: str) -> list[str]:
    """Every list that a mailing of the occurrence was addressed to."""
    found = tx.execute(
        select(mailings.c.lists).where(mailings.c.occurrence_id == occurrence_id).order_by(mailings.c.id)
    )
    return list(dict.fromkeys(list_id for lists in found.scalars() for list_id in lists))
