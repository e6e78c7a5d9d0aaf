"""Photos for the press: each has an address for ever, which gives it for as long as every consent for it counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from worker.errors import HlasatelError
from worker.messages import say
from worker.record import consents, events
from worker.record.consents import Consent
from worker.store.states import lock_occurrence
from worker.store.tables import consents as consents_table
from worker.store.tables import kit_photos
from worker.times import local_day

LONGEST = {"description": 500, "author": 100}
"""Characters."""
MOST_PHOTOS = 30
"""Of one occurrence."""


class UnfitPhoto(HlasatelError):
    """What is missing about a photo; `field` is the form's field it is about."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Given:
    """A photo as it is to be kept: JPEG bytes without metadata, and what a person says of it.

    `shows_people`: somebody on it can be known, so it takes consents, by their numbers.
    """

    content: bytes
    name: str
    description: str
    author: str
    shows_people: bool
    consents: tuple[int, ...] = ()


def add(tx: Connection, occurrence_id: str, given: Given, now: datetime, *, person: str) -> int:
    """Keep a photo; its number. UnfitPhoto for what is missing or does not count, with what to do."""
    texts = {name: " ".join(getattr(given, name).split()) for name in LONGEST}
    for name, longest in LONGEST.items():
        if not texts[name] or len(texts[name]) > longest:
            raise UnfitPhoto(say(f"archive.{name}_missing", limit=longest), name)
    if lock_occurrence(tx, occurrence_id) is None:
        raise HlasatelError(say("archive.no_occurrence", occurrence=occurrence_id))
    if given.shows_people and not given.consents:
        raise UnfitPhoto(say("archive.consent_missing", occurrence=occurrence_id), "consents")
    known = {each.id: each for each in consents.of_occurrence(tx, occurrence_id)}
    if not all(each in known and known[each].counts_on(local_day(now)) for each in given.consents):
        raise UnfitPhoto(say("archive.consent_gone"), "consents")
    if len(of_occurrence(tx, occurrence_id)) >= MOST_PHOTOS:
        raise UnfitPhoto(say("archive.too_many_photos", limit=MOST_PHOTOS), "photo")
    made = kit_photos.insert().values(
        occurrence_id=occurrence_id, name=file_name(given.name), media_type="image/jpeg", content=given.content,
        consents=sorted(set(given.consents)), added_by=person, added_at=now, **texts,
    )  # fmt: skip
    number: int = tx.execute(made.returning(kit_photos.c.id)).scalar_one()
    events.append(tx, "kit.photo_added", now, occurrence=occurrence_id, person=person, number=number)
    return number


def remove(tx: Connection, occurrence_id: str, number: int, now: datetime, *, person: str) -> bool:
    """Take a photo out; its address says so from then on. False for one that is not there."""
    row = kit_photos.c
    found = update(kit_photos).where(row.id == number, row.occurrence_id == occurrence_id, row.removed_at.is_(None))
    if tx.execute(found.values(removed_at=now, content=b"")).rowcount == 0:
        return False
    events.append(tx, "kit.photo_removed", now, occurrence=occurrence_id, person=person, number=number)
    return True


def ended(tx: Connection, now: datetime) -> int | None:
    """A photo that is kept although a consent for it counts no more; None when there is none."""
    over = or_(consents_table.c.until < local_day(now), consents_table.c.withdrawn_at.is_not(None))
    kept = kit_photos.c
    of_one = kept.occurrence_id == consents_table.c.occurrence_id
    found = select(kept.id, kept.consents, consents_table.c.id.label("consent")).join(consents_table, of_one)
    for row in tx.execute(found.where(over, kept.removed_at.is_(None)).order_by(kept.id)):
        if row.consent in row.consents:
            number: int = row.id
            return number
    return None


def end(tx: Connection, number: int, now: datetime) -> None:
    """Delete a photo's bytes because a consent for it ended; its address says so as it did since that day."""
    row = kit_photos.c
    occurrence: str = tx.execute(select(row.occurrence_id).where(row.id == number)).scalar_one()
    tx.execute(update(kit_photos).where(row.id == number).values(removed_at=now, content=b""))
    events.append(tx, "kit.photo_ended", now, occurrence=occurrence, number=number)


def of_occurrence(tx: Connection, occurrence_id: str) -> Sequence[Row[Any]]:
    """An occurrence's photos without their bytes, those taken out left out; `size` is in bytes."""
    row = kit_photos.c
    columns: tuple[Any, ...] = (
        row.id,
        row.name,
        row.description,
        row.author,
        row.consents,
        func.length(row.content).label("size"),
    )
    found = select(*columns).where(row.occurrence_id == occurrence_id, row.removed_at.is_(None)).order_by(row.id)
    return tx.execute(found).all()


def open_to_all(tx: Connection, occurrence_id: str, now: datetime) -> list[Row[Any]]:
    """Those of them whose every consent counts at `now`."""
    noted = {each.id: each for each in consents.of_occurrence(tx, occurrence_id)}
    return [photo for photo in of_occurrence(tx, occurrence_id) if counts(photo, noted, now)]


def photo(tx: Connection, number: int) -> Row[Any] | None:
    """A photo with its bytes, also one that was taken out; None for a number there is not."""
    return tx.execute(select(kit_photos).where(kit_photos.c.id == number)).first()


def is_open(tx: Connection, row: Row[Any], now: datetime) -> bool:
    """Whether a photo may be shown at `now`: not taken out, and every consent counts."""
    noted = {each.id: each for each in consents.of_occurrence(tx, row.occurrence_id)}
    return row.removed_at is None and counts(row, noted, now)


def counts(row: Row[Any], noted: Mapping[int, Consent], now: datetime) -> bool:
    """Whether every consent that a photo takes counts on the day of `now` (Prague calendar)."""
    return all(each in noted and noted[each].counts_on(local_day(now)) for each in row.consents)


def file_name(given: str) -> str:
    """`Náměstí 1.JPG` → `namesti-1.jpg`: a name that every system takes, and no path."""
    stem = re.split(r"[/\\]", given)[-1].rpartition(".")[0] or given
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:60] or 'foto'}.jpg"
