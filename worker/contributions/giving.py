"""What a contributor sends by the link of her call: kept once, acknowledged, and told to the coordinator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from worker.approval import cases
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished, clean
from worker.contributions import calling
from worker.contributions.photo import Photo
from worker.drafting.slots import holds_slot
from worker.messages import office_language, say, speaking
from worker.notices import links, queue, withheld
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.record import contributions as kept
from worker.record import events
from worker.record.consents import GivenBy
from worker.record.contributions import People, Sent
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState
from worker.store.tables import contribution_photos, contributions
from worker.times import local_day

LONGEST = 4000
"""Characters of a contribution: a page and a half; whoever has more has several things to tell."""
LONGEST_LINE = 200
MOST = 20
"""Contributions by one link: a form that is sent over and over fills no database."""
_OVER = CLOSED_OCCURRENCES | {OccurrenceState.SENDING, OccurrenceState.MISSED}


@dataclass(frozen=True)
class Call:
    """What the link of a call leads to. `deadline` is null for an occurrence without a send time."""

    link: Link
    occurrence: Row[Any]
    deadline: datetime | None
    sent: tuple[Sent, ...]
    """What came by this person's link so far, oldest first."""
    open: bool
    """Whether more can be sent: until it goes out."""
    late: bool
    """Whether the texts are drafted already, or will be without what comes now."""


@dataclass(frozen=True)
class Words:
    """What was typed, fit to be kept; `until` is the last day the consent holds, None without an end."""

    signed: str
    text: str
    people: People
    consent_of: str
    consent_by: str
    until: date | None
    description: str
    author: str


def call(tx: Connection, office: Office, token: str, now: datetime, *, lock: bool = False) -> Call:
    """What the token leads to at `now` (aware); `lock` holds the occurrence. Raises NoSuchLink or LinkExpired."""
    link = links.find(tx, office, Purpose.CONTRIBUTE, token)
    if link is None:
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = cases.occurrence_of(tx, link, lock=lock)
    if occurrence.send_at is not None and now >= cases.deadline(occurrence):
        raise LinkExpired(say("approval.no_such_link"))
    end = calling.deadline(occurrence)
    over = occurrence.state in _OVER or (occurrence.send_at is not None and now >= occurrence.send_at)
    drafted = bool(occurrence.kinds) and occurrence.state != OccurrenceState.PLANNED
    return Call(
        link,
        occurrence,
        end,
        kept.of_occurrence(tx, occurrence.id, link.person),
        open=not over,
        late=drafted or (end is not None and end <= now),
    )


def words_of(form: Mapping[str, str], now: datetime, *, with_photo: bool) -> Words:
    """The form's texts, each complete and fit to be printed; Unfinished for the first that is not, with its field.

    `with_photo`: a photo comes with them, so it needs a description and an author.
    """
    text = _fit(form, "text", LONGEST)
    if not text and not with_photo:
        raise Unfinished(say("contributions.empty"), "text")
    description, author = _line(form, "description"), _line(form, "author")
    if with_photo and not description:
        raise Unfinished(say("contributions.no_description"), "description")
    if with_photo and not author:
        raise Unfinished(say("contributions.no_author"), "author")
    if not with_photo and (description or author):
        raise Unfinished(say("contributions.photo_missing"), "photo")
    people = form.get("people", "")
    if people not in set(People):
        raise Unfinished(say("contributions.people_missing"), "people")
    signed = _line(form, "signed")
    if people != People.CONSENT:
        return Words(signed, text, People(people), "", "", None, description, author)
    return Words(signed, text, People.CONSENT, *_consent(form, now), description, author)


def _consent(form: Mapping[str, str], now: datetime) -> tuple[str, str, date | None]:
    """Whose consent, who gave it, and its last day."""
    whose, given_by, typed = _line(form, "consent_of"), form.get("consent_by", ""), form.get("until", "").strip()
    if not whose:
        raise Unfinished(say("contributions.consent_of_missing"), "consent_of")
    if given_by not in set(GivenBy):
        raise Unfinished(say("contributions.consent_by_missing"), "consent_by")
    try:
        until = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Unfinished(say("contributions.bad_day"), "until") from None
    if until is not None and until < local_day(now):
        raise Unfinished(say("contributions.consent_over", day=f"{until.day}. {until.month}. {until.year}"), "until")
    return whose, given_by, until


def _fit(form: Mapping[str, str], name: str, most: int) -> str:
    try:
        text = clean(form.get(name, ""))
    except Unfinished as error:
        raise Unfinished(str(error), name) from error
    if len(text) > most:
        raise Unfinished(say("contributions.too_long", limit=most), name)
    if holds_slot(text) or any(char in "\ufffe\uffff" for char in text):  # no draft could take it up
        raise Unfinished(say("contributions.unprintable"), name)
    return text


def _line(form: Mapping[str, str], name: str) -> str:
    return " ".join(_fit(form, name, LONGEST_LINE).split())


def give(office: Office, token: str, words: Words, photo: Photo | None, now: datetime, *, whence: str = "") -> None:
    """Keep the contribution of the link's owner, acknowledge it and tell the coordinator.

    The very same sent twice is kept once. Raises NotNow once it is too late or there are too many, NoSuchLink or
    LinkExpired.
    """
    with office.database.write() as tx:
        current = call(tx, office, token, now, lock=True)
        person, occurrence = current.link.person, current.occurrence
        if not current.open:
            raise NotNow(say("contributions.closed"))
        words = _fit_to_keep(tx, office, words, now)
        made = _keep(tx, occurrence.id, person, words, photo, now)
        if made is None:
            return
        if len(current.sent) >= MOST:
            raise NotNow(say("contributions.too_many", most=MOST))
        events.append(
            tx, "contribution.given", now, occurrence=occurrence.id, person=person, number=made,
            photo=photo is not None, whence=whence,
        )  # fmt: skip
        with speaking(office_language()):
            said = _in_words(words, photo, to_coordinator=False)
            late = say("contributions.late_told") if current.late else ""
        queue.put(
            tx, f"contribution-receipt/{made}", "contribution_receipt", person, now,
            occurrence_id=occurrence.id, said=said, late=late,
        )  # fmt: skip
        with speaking(office_language()):
            said = _in_words(words, photo, to_coordinator=True)
            late = say("contributions.late_for_coordinator") if current.late else ""
        queue.put(
            tx, f"contribution-made/{made}", "contribution_made", office.settings.coordinator, now,
            occurrence_id=occurrence.id, by=person, said=said, late=late, page=_page(office, occurrence.id),
        )  # fmt: skip


def _page(office: Office, occurrence_id: str) -> str:
    return f"{office.settings.base_url}/koordinator/prispevky/{occurrence_id}"


def _fit_to_keep(tx: Connection, office: Office, words: Words, now: datetime) -> Words:
    """Without the links and codes that let their bearer decide: a contribution is shown to others."""
    fit = {
        name: withheld.fit_to_keep(tx, office, getattr(words, name), now)
        for name in ("signed", "text", "consent_of", "description", "author")
    }
    return Words(**{**vars(words), **fit})


def _keep(
    tx: Connection, occurrence_id: str, person: str, words: Words, photo: Photo | None, now: datetime
) -> int | None:
    """The new row's id; None for what was sent before."""
    values = {
        "signed": words.signed, "text": words.text, "people": words.people, "consent_of": words.consent_of,
        "consent_by": words.consent_by, "consent_until": words.until,
    }  # fmt: skip
    spelt = "\0".join([*map(str, values.values()), words.description, words.author]).encode()
    digest = hashlib.sha256(spelt + b"\0" + (photo.content if photo is not None else b"")).hexdigest()
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(contributions)
        .values(occurrence_id=occurrence_id, person=person, digest=digest, at=now, **values)
        .on_conflict_do_nothing(index_elements=["occurrence_id", "person", "digest"])
        .returning(contributions.c.id)
    )
    made: int | None = tx.execute(statement).scalar()
    if made is not None and photo is not None:
        tx.execute(
            contribution_photos.insert().values(
                contribution_id=made, description=words.description, author=words.author,
                width=photo.width, height=photo.height, content=photo.content,
            )
        )  # fmt: skip
    return made


def _in_words(words: Words, photo: Photo | None, *, to_coordinator: bool) -> str:
    """The contribution as its mails show it."""
    parts = [f"„{words.text}“"] if words.text else []
    if words.signed:
        parts.append(say("contributions.signed_is", name=words.signed))
    if photo is not None:
        parts.append(say("contributions.photo_is", description=words.description, author=words.author))
    if words.people is People.NOT_YET and to_coordinator:
        parts.append(say("contributions.people_not_yet_here"))
    else:
        parts.append(say(f"contributions.people_{words.people.name.lower()}_told"))
    return "\n\n".join(parts)
