"""Taking something back from the public: its page then says so and why, and shows nothing of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, update

from worker.archive.items import item
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.publishing import recall
from worker.record import events
from worker.store.states import lock_occurrence
from worker.store.tables import occurrences, withdrawals
from worker.topics import TOPICS

LONGEST_REASON = 500


def choose_themes(
    tx: Connection, occurrence_id: str, themes: Collection[str], now: datetime, *, person: str
) -> None:  # fmt: skip
    """Have readers find it under these themes of the plan; it changes nobody's mail. Others are passed over."""
    chosen = [each for each in TOPICS if each in themes]
    if lock_occurrence(tx, occurrence_id) is None:
        raise HlasatelError(say("archive.no_occurrence", occurrence=occurrence_id))
    tx.execute(update(occurrences).where(occurrences.c.id == occurrence_id).values(themes=chosen))
    events.append(tx, "archive.themes", now, occurrence=occurrence_id, person=person, themes=chosen)


def withdraw(
    tx: Connection, office: Office, occurrence_id: str, now: datetime, *, reason: str, person: str, whence: str = ""
) -> None:  # fmt: skip
    """Withdraw what went out of an occurrence; mails that have left cannot be called back.

    Whoever published it elsewhere is asked to take it down.

    HlasatelError without a reason for the public, for what is not public, and a second time.
    """
    told = " ".join(reason.split())
    if not told or len(told) > LONGEST_REASON:
        raise HlasatelError(say("archive.reason_missing", limit=LONGEST_REASON))
    lock_occurrence(tx, occurrence_id)
    found = item(tx, occurrence_id)
    if found is None:
        raise HlasatelError(say("archive.nothing_public", occurrence=occurrence_id))
    if found.withdrawn is not None:
        raise HlasatelError(say("archive.withdrawn_before", occurrence=occurrence_id))
    tx.execute(withdrawals.insert().values(occurrence_id=occurrence_id, reason=told, person=person, at=now))
    events.append(tx, "archive.withdrawn", now, occurrence=occurrence_id, person=person, reason=told, whence=whence)
    recall.take_down(tx, office, occurrence_id, now, reason=told, person=person)
