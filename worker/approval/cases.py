"""What an emailed link leads to, and why something that was sent through it may be refused."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting import packages
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import decisions, occurrences


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
    """The form lacks something its sender can add (400)."""


class NotNow(Refused):
    """The occurrence is not waiting for a decision (409)."""


@dataclass(frozen=True)
class Case:
    """What a link about a package leads to: always the current version, with its decision if there is one."""

    link: Link
    occurrence: Row[Any]
    package: Row[Any]
    drafts: tuple[Row[Any], ...]
    decision: Row[Any] | None

    @property
    def open(self) -> bool:
        """Whether what the link is for is wanted now: a decision when asked, a new version when returned."""
        if self.link.purpose is Purpose.EDIT:
            return bool(self.occurrence.state == OccurrenceState.RETURNED)
        return bool(self.occurrence.state == OccurrenceState.ASKED) and self.decision is None


def case(tx: Connection, purpose: Purpose, token: str, now: datetime, *, lock: bool = False) -> Case:
    """What the token leads to. `lock` holds the occurrence, for whoever goes on to change it.

    Raises NoSuchLink or LinkExpired.
    """
    link = links.find(tx, purpose, token)
    if link is None:
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = occurrence_of(tx, link, lock=lock)
    if now >= deadline(occurrence) and occurrence.state != OccurrenceState.HELD:  # then the page says what holds it
        raise LinkExpired(say("approval.link_expired"))
    package = packages.latest(tx, link.occurrence_id)
    assert package is not None, "a link without a package"
    return Case(link, occurrence, package, tuple(packages.drafts_of(tx, package.id)), live_decision(tx, package.id))


def live_decision(tx: Connection, package_id: int) -> Row[Any] | None:
    """The decision that holds for a version."""
    return tx.execute(select(decisions).where(decisions.c.package_id == package_id, decisions.c.live == 1)).first()


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
    """What a person typed, without blanks round it; Unfinished when it holds characters that no text has."""
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t" for char in text):
        raise Unfinished(say("approval.control_characters"))
    return text.strip()
