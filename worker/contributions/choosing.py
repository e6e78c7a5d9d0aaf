"""What the coordinator takes of what was sent in. Contributors hear what became of it, each time anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.approval import consents as noting
from worker.approval.cases import NotNow, Refused, Unfinished, clean
from worker.archive import kit
from worker.messages import office_language, say, speaking
from worker.notices import queue, withheld
from worker.office import Office
from worker.record import contributions as kept
from worker.record import events
from worker.record.contributions import Chosen, People, Sent
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState, lock_occurrence
from worker.store.tables import consents, contributions, occurrences
from worker.times import local_day

LONGEST_NOTE = 1000
_OVER = CLOSED_OCCURRENCES | {OccurrenceState.SENDING}


def choose(
    office: Office, contribution_id: int, chosen: Chosen, note: str, now: datetime, *, person: str, seen: int
) -> None:
    """Include a contribution or leave it out, and tell who sent it, with a `note` of the coordinator's if there is one.

    `seen` is how often it had been chosen when the page was shown. Raises Unfinished for an unfit note, NotNow when
    somebody chose meanwhile, when it has gone out, or when a person is shown without a consent; Refused for a number
    that is not there.
    """
    note = clean(note)
    if len(note) > LONGEST_NOTE:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_NOTE))
    with office.database.write() as tx:
        sent, occurrence = _locked(tx, contribution_id)
        if occurrence.state in _OVER:
            raise NotNow(say("contributions.gone_out"))
        if sent.choices != seen:
            raise NotNow(say("contributions.chosen_meanwhile"))
        note = withheld.fit_to_keep(tx, office, note, now)
        if (sent.chosen, sent.note) == (chosen, note):
            return
        if chosen is Chosen.INCLUDED:
            _refuse_without_consent(sent, now)
        consent = _consent(tx, office, sent, chosen, now, person)
        photo = _photo_for_the_press(tx, sent, chosen, consent, now, person)
        values = {"choice": chosen, "choices": seen + 1, "note": note, "chosen_by": person, "chosen_at": now}
        found = update(contributions).where(contributions.c.id == contribution_id)
        tx.execute(found.values(consent_id=consent, kit_photo_id=photo, **values))
        kind = "contribution.included" if chosen is Chosen.INCLUDED else "contribution.left_out"
        events.append(tx, kind, now, occurrence=occurrence.id, person=person, number=contribution_id)
        _tell(tx, office, sent, occurrence, chosen, note, now)


def left_over(tx: Connection) -> int | None:
    """A contribution that nobody chose about before its occurrence was over; None when there is none."""
    of_it = occurrences.c.id == contributions.c.occurrence_id
    over = contributions.c.choice == "", occurrences.c.state.in_(CLOSED_OCCURRENCES)
    found = select(contributions.c.id).join(occurrences, of_it).where(*over).order_by(contributions.c.id).limit(1)
    number: int | None = tx.execute(found).scalar()
    return number


def close(tx: Connection, contribution_id: int, now: datetime) -> None:
    """Leave it out for good, unless somebody chose meanwhile, and tell who sent it."""
    sent, occurrence = _locked(tx, contribution_id)
    if sent.chosen is not None:
        return
    values = {"choice": Chosen.LEFT_OUT, "choices": sent.choices + 1, "chosen_at": now}
    tx.execute(update(contributions).where(contributions.c.id == sent.id).values(**values))
    queue.put(
        tx, f"contribution/{sent.id}/{sent.choices + 1}", "contribution_unused", sent.person, now,
        occurrence_id=occurrence.id, begins=begins(sent),
    )  # fmt: skip


def _locked(tx: Connection, contribution_id: int) -> tuple[Sent, Row[Any]]:
    """The contribution as it stands once its occurrence is held."""
    sent = kept.find(tx, contribution_id)
    occurrence = lock_occurrence(tx, sent.occurrence_id) if sent is not None else None
    sent = kept.find(tx, contribution_id)
    if sent is None or occurrence is None:
        raise Refused(say("contributions.no_such"))
    return sent, occurrence


def _refuse_without_consent(sent: Sent, now: datetime) -> None:
    if sent.people is People.NOT_YET:
        raise NotNow(say("contributions.no_consent"))
    if sent.consent_until is not None and sent.consent_until < local_day(now):
        raise NotNow(say("contributions.consent_ended"))


def _consent(tx: Connection, office: Office, sent: Sent, chosen: Chosen, now: datetime, person: str) -> int | None:
    """The consent's number among those of the occurrence: noted with what is included, withdrawn with it again."""
    row = tx.execute(select(contributions.c.consent_id).where(contributions.c.id == sent.id)).one()
    if chosen is Chosen.INCLUDED and row.consent_id is None and sent.people is People.CONSENT:
        assert sent.consent_by is not None, "a consent that nobody gave"
        return noting.note(
            tx, sent.occurrence_id, now, subject=sent.consent_of, given_by=sent.consent_by, until=sent.consent_until,
            person=person,
        )  # fmt: skip
    if chosen is Chosen.LEFT_OUT and row.consent_id is not None:
        withdrawn = select(consents.c.withdrawn_at).where(consents.c.id == row.consent_id)
        if tx.execute(withdrawn).scalar() is None:
            noting.withdraw(tx, office, row.consent_id, now, person=person)
        return None
    found: int | None = row.consent_id
    return found


def _photo_for_the_press(
    tx: Connection, sent: Sent, chosen: Chosen, consent: int | None, now: datetime, person: str
) -> int | None:
    """Its photo's number among those for the press: it comes there with what is included, and goes with it."""
    number: int | None = tx.execute(
        select(contributions.c.kit_photo_id).where(contributions.c.id == sent.id)
    ).scalar_one()
    if chosen is Chosen.LEFT_OUT and number is not None:
        kit.remove(tx, sent.occurrence_id, number, now, person=person)
        return None
    content = kept.photo(tx, sent.id)
    if chosen is Chosen.LEFT_OUT or number is not None or sent.photo is None or content is None:
        return number
    shows_people = sent.people is People.CONSENT
    given = kit.Given(
        content, f"prispevek-{sent.id}.jpg", sent.photo.description, sent.photo.author, shows_people,
        (consent,) if consent is not None else (),
    )  # fmt: skip
    try:
        return kit.add(tx, sent.occurrence_id, given, now, person=person)
    except kit.UnfitPhoto as unfit:
        raise NotNow(str(unfit)) from unfit


def _tell(
    tx: Connection, office: Office, sent: Sent, occurrence: Row[Any], chosen: Chosen, note: str, now: datetime
) -> None:
    kind = "contribution_included" if chosen is Chosen.INCLUDED else "contribution_left_out"
    with speaking(office_language()):
        drafted = bool(occurrence.kinds) and occurrence.state != OccurrenceState.PLANNED
        why = say("contributions.note_is", note=note) if note else ""
        late = say("contributions.included_late") if drafted and chosen is Chosen.INCLUDED else ""
    queue.put(
        tx, f"contribution/{sent.id}/{sent.choices + 1}", kind, sent.person, now,
        occurrence_id=occurrence.id, begins=begins(sent), why=why, late=late,
    )  # fmt: skip


def begins(sent: Sent) -> str:
    """By what its sender knows it again."""
    line = " ".join((sent.text or (sent.photo.description if sent.photo is not None else "")).split())
    return line if len(line) <= 120 else line[:120].rpartition(" ")[0].rstrip(" ,;:.") + "…"
