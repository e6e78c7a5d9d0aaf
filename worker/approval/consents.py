"""Noting and withdrawing the consents of people that a text tells of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select, update

from worker.approval import ask, seats
from worker.approval.cases import clean
from worker.approval.unknown import no_such
from worker.drafting import packages
from worker.drafting.told_of import newest_tells_of_people
from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.office import Office
from worker.record import events
from worker.record.consents import GivenBy
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import consents, occurrences
from worker.times import format_day, format_instant, local_day

LONGEST_SUBJECT = 200
"""Characters by which the office knows whose consent it is."""
_ASKED = (OccurrenceState.ASKED, OccurrenceState.APPROVED)
_SENT = (OccurrenceState.SENDING, OccurrenceState.DONE)


def note(
    tx: Connection,
    occurrence_id: str,
    now: datetime,
    *,
    subject: str,
    given_by: GivenBy,
    until: date | None,
    person: str,
) -> int:
    """Note a consent; its number. `until` is the last day it holds (Prague calendar), None without an end.

    Raises HlasatelError for an unknown occurrence, nobody as the subject, or a last day that is over.
    """
    whose = " ".join(clean(subject).split())
    if not whose or len(whose) > LONGEST_SUBJECT:
        raise HlasatelError(say("consents.no_subject", limit=LONGEST_SUBJECT))
    if until is not None and until < local_day(now):
        raise HlasatelError(say("consents.over", day=format_day(until)))
    if lock_occurrence(tx, occurrence_id) is None:
        raise no_such(tx, occurrence_id)
    values = {"subject": whose, "given_by": given_by, "until": until, "noted_by": person, "noted_at": now}
    made = consents.insert().values(occurrence_id=occurrence_id, **values).returning(consents.c.id)
    number: int = tx.execute(made).scalar_one()
    events.append(
        tx, "consent.noted", now, occurrence=occurrence_id, person=person, number=number, given_by=given_by,
        last_day=until.isoformat() if until else None,
    )  # fmt: skip
    return number


def doubt_of(tx: Connection, occurrence_id: str, until: date | None) -> str:
    """Why a consent up to `until` will not open the approval of the occurrence; '' when it will."""
    occurrence = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).one()
    if not newest_tells_of_people(tx, occurrence):
        return say("consents.not_asked_for")
    if until is not None and occurrence.send_at is not None and until < local_day(occurrence.send_at):
        return say("consents.ends_before", send_at=format_instant(occurrence.send_at))
    return ""


def withdraw(tx: Connection, office: Office, number: int, now: datetime, *, person: str) -> str:
    """Note that a consent was withdrawn; what comes of it, as a sentence.

    What is before the approvers, or approved, was judged with it: that is void, and they are asked anew. Raises
    HlasatelError for a number that is not there or was withdrawn before.
    """
    row = tx.execute(select(consents).where(consents.c.id == number)).first()
    if row is None:
        raise HlasatelError(say("consents.no_such_number", number=number))
    occurrence = lock_occurrence(tx, row.occurrence_id)
    assert occurrence is not None, "the foreign key of consents"
    found = update(consents).where(consents.c.id == number, consents.c.withdrawn_at.is_(None))
    if tx.execute(found.values(withdrawn_at=now)).rowcount == 0:
        raise HlasatelError(say("consents.withdrawn_before", number=number))
    events.append(tx, "consent.withdrawn", now, occurrence=occurrence.id, person=person, number=number)
    if occurrence.state in _SENT:
        return say("consents.too_late", occurrence=occurrence.id)
    if occurrence.state in _ASKED and (package := packages.latest(tx, occurrence.id)) is not None:
        decided = bool(seats.live(tx, package.id))
        with speaking(office_language()):
            reason = say("consents.withdrawn_reason")
        ask.renew(tx, office, occurrence, now, reason)
        return say("consents.voided" if decided else "consents.asked_anew", occurrence=occurrence.id)
    return say("consents.counts_no_more", number=number, occurrence=occurrence.id)
