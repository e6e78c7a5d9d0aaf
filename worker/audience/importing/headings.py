"""Which column of an office's table is what, by the heading that its author gave it, in Czech or in English."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from worker.audience.importing.table import Cell, Unreadable
from worker.messages import say
from worker.positions import shortened

LOOKED_THROUGH = 20
"""Rows from the top among which the headings must be: above them may stand a title and a date."""


class Field(StrEnum):
    """What a cell tells of a recipient."""

    ADDRESS = "address"
    NAME = "name"
    GIVEN = "given"
    SURNAME = "surname"
    TITLE_BEFORE = "title_before"
    TITLE_AFTER = "title_after"
    BODY = "body"
    """An institution's name."""
    GREETING = "greeting"
    KIND = "kind"


_SPELT = {
    Field.ADDRESS: (
        "address", "email", "mail", "emailaddress", "emailovaadresa", "emailadresa", "adresaemailu",
        "elektronickaadresa", "elektronickaposta", "kontaktniemail",
    ),
    Field.NAME: (
        "name", "fullname", "jmenoaprijmeni", "prijmeniajmeno", "jmenoprijmeni", "prijmenijmeno", "celejmeno",
        "kontaktniosoba",
    ),
    Field.GIVEN: ("jmeno", "krestnijmeno", "firstname", "givenname"),
    Field.SURNAME: ("prijmeni", "lastname", "surname", "familyname"),
    Field.TITLE_BEFORE: ("titul", "titulpred", "titulpredjmenem", "titulypredjmenem", "title"),
    Field.TITLE_AFTER: ("titulza", "titulzajmenem", "titulyzajmenem"),
    Field.BODY: (
        "nazev", "nazevorganizace", "nazevinstituce", "nazevobce", "nazevsubjektu", "nazevskoly", "nazevredakce",
        "organizace", "instituce", "subjekt", "obec", "redakce", "medium", "zamestnavatel", "skola", "urad",
        "organisation", "organization", "institution",
    ),
    Field.GREETING: ("greeting", "osloveni", "salutation"),
    Field.KIND: ("kind", "druh", "druhadresata", "typadresata"),
}  # fmt: skip
_FIELDS = {spelt: field for field, spellings in _SPELT.items() for spelt in spellings}
_ALONE = "adresa"
"""An e-mail address only where no other heading says e-mail: it is mostly a street."""


@dataclass(frozen=True)
class Headings:
    """The headings of a table: in which row they stand, the column (from 1) of each field, and what is not taken."""

    row: int
    columns: dict[Field, int]
    titles: dict[int, str]
    ignored: tuple[str, ...]

    def title(self, column: int) -> str:
        """What the author called a column; empty for one beyond the last heading."""
        return self.titles.get(column, "")


def find_headings(rows: Iterator[tuple[int, list[Cell]]]) -> Headings:
    """Read `rows` up to the headings. Unreadable when there are none, or two columns are the same."""
    first: list[str] = []
    for number, cells in rows:
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        if has_address(texts):
            return _headings(number, texts)
        first = first or [text.strip() for text in texts if text.strip()]
        if number >= LOOKED_THROUGH:
            break
    raise Unreadable(say("importing.no_headings", found=shortened(", ".join(first)), most=LOOKED_THROUGH))


def has_address(cells: Sequence[str]) -> bool:
    """Whether these are headings, one of which is the e-mail address's."""
    return any(_FIELDS.get(spelt) is Field.ADDRESS or spelt == _ALONE for spelt in map(plain, cells))


def known(cells: Sequence[str]) -> int:
    """How many of the cells are headings that are taken; 0 where none is the e-mail address's."""
    return sum(plain(cell) in _FIELDS for cell in cells) if has_address(cells) else 0


def _headings(number: int, texts: Sequence[str]) -> Headings:
    titles = {column: " ".join(text.split()) for column, text in enumerate(texts, 1) if text.strip()}
    spelt = {column: plain(title) for column, title in titles.items()}
    columns: dict[Field, int] = {}
    for column, written in spelt.items():
        if (field := _FIELDS.get(written)) is None:
            continue
        if field in columns:
            raise Unreadable(say("importing.heading_twice", first=titles[columns[field]], second=titles[column]))
        columns[field] = column
    if Field.ADDRESS not in columns:
        columns[Field.ADDRESS] = next(column for column, written in spelt.items() if written == _ALONE)
    if Field.GIVEN in columns and Field.SURNAME not in columns and Field.NAME not in columns:
        columns[Field.NAME] = columns.pop(Field.GIVEN)  # „Jméno“ alone holds all of it
    taken = set(columns.values())
    return Headings(number, columns, titles, tuple(title for column, title in titles.items() if column not in taken))


def plain(heading: str) -> str:
    """Letters alone, small and without accents: `E-mailová adresa:` is `emailovaadresa`."""
    decomposed = unicodedata.normalize("NFKD", heading)
    return "".join(letter for letter in decomposed.casefold() if letter.isalnum())
