"""What an emailed link leads to, and why something that was sent through it may be refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import seats
from worker.approval.seats import Mandate
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.record.signed import signature
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import occurrences
from worker.times import format_instant, local_day


class Refused(HlasatelError):
    """What a person wanted cannot be done; the base of the reasons below. Nothing has changed."""


class NoSuchLink(Refused):
    """A wrong or foreign token: one neutral answer (404)."""


class LinkExpired(Refused):
    """The link's time is over (410)."""


class AlreadyDecided(Refused):
    """Somebody was first (409); the page shows who decided what and when."""


class NotThisVersion(Refused):
    """The page showed another version than the current one (409)."""


class Unfinished(Refused):
    """The form lacks something its sender can add (400), in the `field` of that name, if it is in one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotNow(Refused):
    """The occurrence is not waiting for a decision (409)."""


@dataclass(frozen=True)
class Case:
    """What a link about a package leads to: always the current version, and how far its decision has come.

    `decisions` are those that hold, `decision` the one that settled the version; `waiting` the approvers whose decision
    is wanted now. `mandate` is in whose seat the link's owner may decide today, None if in nobody's; `obstacle` then
    says why, unless nobody's decision is wanted. `comments_over`: the comment round has ended.
    """

    link: Link
    occurrence: Row[Any]
    package: Row[Any]
    drafts: tuple[Row[Any], ...]
    decisions: tuple[Row[Any], ...]
    decision: Row[Any] | None
    waiting: tuple[str, ...]
    mandate: Mandate | None
    obstacle: str
    comments_over: bool

    @property
    def seat(self) -> str | None:
        """What the link's owner may fill today (`''` where one decision is enough), None if nothing."""
        return self.mandate.seat if self.mandate is not None else None

    @property
    def open(self) -> bool:
        """Whether what the link is for is wanted of its owner now: a decision, a new version, a comment."""
        state = self.occurrence.state
        if self.link.purpose is Purpose.EDIT:
            return state in (OccurrenceState.RETURNED, OccurrenceState.PREPARING)
        if self.link.purpose is Purpose.COMMENT:
            return bool(state == OccurrenceState.PREPARING) and not self.comments_over
        return self.mandate is not None


def case(tx: Connection, office: Office, purpose: Purpose, token: str, now: datetime, *, lock: bool = False) -> Case:
    """What the token leads to at `now` (aware). `lock` holds the occurrence, for whoever goes on to change it.

    Raises NoSuchLink or LinkExpired.
    """
    link = links.find(tx, office, purpose, token)
    if link is None:
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = occurrence_of(tx, link, lock=lock)
    if now >= deadline(occurrence) and occurrence.state != OccurrenceState.HELD:  # then the page says what holds it
        raise LinkExpired(say("approval.no_such_link"))
    package = packages.latest(tx, link.occurrence_id)
    assert package is not None, "a link without a package"
    made = seats.live(tx, package.id)
    asked = occurrence.state == OccurrenceState.ASKED
    own = seats.mandate(office, package, made, link.person, local_day(now)) if asked else None
    return Case(
        link,
        occurrence,
        package,
        tuple(packages.drafts_of(tx, package.id)),
        made,
        seats.closing(package, made),
        seats.waiting(package, made) if asked else (),
        own,
        _obstacle(office, package, made, link.person) if asked and own is None else "",
        now >= datetime.fromisoformat(occurrence.stages.get("comment", occurrence.stages["deadline"])),
    )


def _obstacle(office: Office, package: Row[Any], made: Sequence[Row[Any]], person: str) -> str:
    """Why `person` cannot decide about a version that waits for somebody else's decision."""
    wanted = ", ".join(office.person_name(each) for each in seats.waiting(package, made))
    if own := filled_for(made, person):
        return say("seats.filled", **told(office, package, own), waiting=wanted)
    if package.author == person:
        stuck = person == office.settings.coordinator
        return say("approval.own_draft_coordinator" if stuck else "approval.own_draft")
    if person in package.approvers:
        return say("seats.not_yet", waiting=wanted)
    days = seats.days_as_deputy(office, package, person)
    if days:
        approver, spans = days
        return say("seats.not_these_days", approver=office.person_name(approver), days=spans)
    return say("approval.not_your_turn")


def filled_for(made: Sequence[Row[Any]], person: str) -> Row[Any] | None:
    """The decision by which `person` has had her say: her own, or one in her seat."""
    return next((each for each in made if person in (each.person, each.seat)), None)


def already_decided(office: Office, package: Row[Any], decision: Row[Any]) -> AlreadyDecided:
    """The refusal that says who decided what about the version, and when."""
    what = "release" if decision.emergency else decision.decision
    return AlreadyDecided(say(f"seats.decided_{what}", **told(office, package, decision)))


def told(office: Office, package: Row[Any], decision: Row[Any]) -> dict[str, Any]:
    """A decision in words: `version`, `person` with whom she stood for, and `at`."""
    own = signature(office, decision)
    person = say("seats.behalf", person=own.name, approver=own.approver) if own.approver else own.name
    return {"version": package.version, "person": person, "at": format_instant(decision.decided_at, form="at")}


def occurrence_of(tx: Connection, link: Link, *, lock: bool) -> Row[Any]:
    """The occurrence a link is about, held until the transaction ends if `lock` is set."""
    if lock:
        row = lock_occurrence(tx, link.occurrence_id)
    else:
        row = tx.execute(select(occurrences).where(occurrences.c.id == link.occurrence_id)).first()
    assert row is not None, "the foreign key of links"
    return row


def deadline(occurrence: Row[Any]) -> datetime:
    """After this instant nothing of the occurrence goes out without a person's new choice."""
    return datetime.fromisoformat(occurrence.stages["deadline"])


def clean(text: str) -> str:
    """What a person typed, without blanks round it and with plain line ends, as its length is counted in the form.

    Unfinished when it holds characters that no text has.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text):
        raise Unfinished(say("approval.control_characters"))
    return text.strip()
