"""Articles from a table: all of its rows, or none where one is faulty."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from worker.audience.importing.columns import Column, Line, lines_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.positions import Faults, shortened
from worker.reporting.articles import Given, What, enter
from worker.reporting.model import Publisher

COLUMNS = (
    Column("address", ("adresa", "address", "url", "odkaz", "link"), required=True),
    Column("title", ("nazev", "title", "titulek", "nadpis"), required=True),
    Column("day", ("datum", "date", "den", "day", "vyslo"), required=True),
    Column("publisher", ("vydavatel", "publisher"), required=True),
    Column("who", ("kdo", "who", "obec", "medium", "municipality")),
    Column("note", ("poznamka", "note")),
)
_PUBLISHERS = {
    "kraj": Publisher.REGION, "region": Publisher.REGION, "my": Publisher.REGION,
    "obec": Publisher.MUNICIPALITY, "mesto": Publisher.MUNICIPALITY, "mestys": Publisher.MUNICIPALITY,
    "municipality": Publisher.MUNICIPALITY,
    "jiny": Publisher.OTHER, "ostatni": Publisher.OTHER, "medium": Publisher.OTHER, "media": Publisher.OTHER,
    "other": Publisher.OTHER,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row and what it came to."""

    number: int
    given: Given
    what: What

    def told(self) -> str:
        return say(f"articles.row_{self.what}", title=self.given.title, address=self.given.address)


def enter_all(tx: Connection, office: Office, file: Path, now: datetime, *, person: str) -> Sequence[Row]:
    """Take every row in; InvalidFiles with every faulty one, and then the caller takes all of it back."""
    faults = Faults()
    own = _plain(office.settings.organisation.name)
    told = []
    for line in lines_of(file, COLUMNS, faults):
        given = _given(line, own)
        if given is None:
            continue
        try:
            told.append(Row(line.number, given, enter(tx, given, now, person=person, source="csv")))
        except HlasatelError as error:
            line.reject("address", str(error))
    faults.refuse()
    return told


def _given(line: Line, own: str) -> Given | None:
    address, title, day = line.address("address"), line.text("title"), line.day("day")
    said, who, note = line.text("publisher"), line.text("who"), line.text("note")
    publisher = Publisher.REGION if _plain(said) == own else _PUBLISHERS.get(_plain(said))
    if line.fine and not address:
        line.reject("address", say("articles.no_address"))
    if line.fine and not title:
        line.reject("title", say("articles.no_title"))
    if line.fine and day is None:
        line.reject("day", say("past.no_day"))
    if line.fine and publisher is None:
        line.reject("publisher", say("articles.which_publisher", value=shortened(said)))
    return Given(address, title, day, publisher, who, note) if line.fine else None


def _plain(words: str) -> str:
    """Small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", words.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
