"""What was sent in for an occurrence, as it is shown and as drafts take it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from worker.office import Office
from worker.record import consents
from worker.record.consents import GivenBy
from worker.sources.base import Contribution
from worker.store.tables import contribution_photos, contributions, kit_photos


class People(StrEnum):
    """Whether somebody can be known in a text or a photo."""

    NOBODY = "nobody"
    CONSENT = "consent"
    """Somebody can, and the contributor has the consent."""
    NOT_YET = "not-yet"
    """Somebody can, and there is no consent yet: it cannot be included."""


class Chosen(StrEnum):
    """What the coordinator made of a contribution."""

    INCLUDED = "included"
    LEFT_OUT = "left-out"


@dataclass(frozen=True)
class Picture:
    """What is said of a photo; its bytes are asked for apart. `width` and `height` in pixels.

    `gone`: the bytes were deleted, because the consent for it ended or never came.
    """

    description: str
    author: str
    width: int
    height: int
    gone: bool = False


@dataclass(frozen=True)
class Sent:
    """One contribution as people see it. `chosen` None: nobody has chosen yet; `choices` counts how often it was."""

    id: int
    occurrence_id: str
    person: str
    signed: str
    text: str
    people: People
    consent_of: str
    consent_by: GivenBy | None
    consent_until: date | None
    at: datetime
    chosen: Chosen | None
    choices: int
    note: str
    chosen_by: str | None
    chosen_at: datetime | None
    photo: Picture | None


def of_occurrence(tx: Connection, occurrence_id: str, person: str | None = None) -> tuple[Sent, ...]:
    """Everything sent in for an occurrence, oldest first; with `person` what came by that contributor's link."""
    found = _found().where(contributions.c.occurrence_id == occurrence_id)
    if person is not None:
        found = found.where(contributions.c.person == person)
    return tuple(_sent(row) for row in tx.execute(found.order_by(contributions.c.id)))


def find(tx: Connection, contribution_id: int) -> Sent | None:
    """One contribution; None for a number that is not there."""
    row = tx.execute(_found().where(contributions.c.id == contribution_id)).first()
    return None if row is None else _sent(row)


def numbers(tx: Connection) -> Mapping[str, tuple[int, int]]:
    """Occurrence → how many contributions it got, and how many of them nobody has chosen about; none without any."""
    counted = select(contributions.c.occurrence_id, contributions.c.choice, func.count())
    found: dict[str, tuple[int, int]] = {}
    for occurrence_id, choice, number in tx.execute(counted.group_by(contributions.c.occurrence_id, "choice")):
        all_of_it, open_ones = found.get(occurrence_id, (0, 0))
        found[occurrence_id] = all_of_it + number, open_ones + (0 if choice else number)
    return found


def for_drafts(tx: Connection, office: Office, occurrence_id: str) -> Sequence[Contribution]:
    """What was sent in for an occurrence, as the sources of its drafts read it, oldest first."""
    return [
        Contribution(
            who=office.person_name(each.person),
            signed=each.signed,
            text=each.text,
            included=None if each.chosen is None else each.chosen is Chosen.INCLUDED,
            photo=each.photo.description if each.photo is not None else "",
            photo_author=each.photo.author if each.photo is not None else "",
            number=each.id,
        )
        for each in of_occurrence(tx, occurrence_id)
    ]


def photo(tx: Connection, contribution_id: int) -> bytes | None:
    """The photo's bytes (JPEG); None for a contribution without one, or whose photo was deleted."""
    kept = contribution_photos.c
    found: bytes | None = tx.execute(select(kept.content).where(kept.contribution_id == contribution_id)).scalar()
    return found or None


def may_be_shown(tx: Connection, contribution_id: int, day: date) -> bool:
    """Whether its photo may be shown on `day`: included, still among those for the press, and every consent counts."""
    shown = kit_photos.c
    of_it = select(shown.occurrence_id, shown.consents).join(contributions, contributions.c.kit_photo_id == shown.id)
    row = tx.execute(of_it.where(contributions.c.id == contribution_id, shown.removed_at.is_(None))).first()
    if row is None:
        return False
    noted = {each.id: each for each in consents.of_occurrence(tx, row.occurrence_id)}
    return all(each in noted and noted[each].counts_on(day) for each in row.consents)


def _found() -> Select[Any]:
    """All but the photos' bytes, which only a page of one photo asks for."""
    kept = contribution_photos.c
    gone = (func.length(kept.content) == 0).label("gone")
    return select(contributions, kept.description, kept.author, kept.width, kept.height, gone).outerjoin(
        contribution_photos, kept.contribution_id == contributions.c.id
    )


def _sent(row: Row[Any]) -> Sent:
    picture = None if row.width is None else Picture(row.description, row.author, row.width, row.height, row.gone)
    return Sent(
        row.id, row.occurrence_id, row.person, row.signed, row.text, People(row.people), row.consent_of,
        GivenBy(row.consent_by) if row.consent_by else None, row.consent_until, row.at,
        Chosen(row.choice) if row.choice else None, row.choices, row.note, row.chosen_by, row.chosen_at, picture,
    )  # fmt: skip
