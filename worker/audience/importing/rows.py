"""A row of an office's table as a recipient, or why it cannot be one, told by its column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from worker.audience.importing.headings import Field, Headings
from worker.audience.importing.table import Cell, NoText
from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import shortened
from worker.settings import parse_address

LONGEST_NAME = 200
_JOINER = "\u200d"  # holds some emoji together; every other invisible character hides or turns text
_ROUND_ADDRESS = "\u200b\u2060\ufeff\xad"  # come with what is copied from a web page
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)


class Kind(StrEnum):
    """Whom an address belongs to."""

    PERSON = "person"
    INSTITUTION = "institution"


_KINDS = {
    "osoba": Kind.PERSON, "člověk": Kind.PERSON, "fyzická osoba": Kind.PERSON, "person": Kind.PERSON,
    "instituce": Kind.INSTITUTION, "organizace": Kind.INSTITUTION, "úřad": Kind.INSTITUTION,
    "právnická osoba": Kind.INSTITUTION, "institution": Kind.INSTITUTION,
}  # fmt: skip


class Row(NamedTuple):
    """One usable row. `written` is the greeting, None without such a column; `kind` None where the file tells none."""

    number: int
    address: str
    name: str
    written: str | None
    kind: Kind | None


class RefusedRow(HlasatelError):
    """A row that cannot be used: the faulty `column` (from 1), and what stands in the cell of the address."""

    def __init__(self, column: int, address: str, why: str) -> None:
        self.column, self.address = column, shortened(address)
        super().__init__(why)


class Reader:
    """Makes recipients of rows under known headings. `strict` refuses what stands beyond the last heading: in a CSV
    that is a name with a comma and without quotes.
    """

    def __init__(self, headings: Headings, *, strict: bool) -> None:
        self._columns = headings.columns
        self._last = max(headings.titles)
        self._strict = strict
        self._address = headings.columns[Field.ADDRESS] - 1
        self._plain = set(headings.columns) <= {Field.ADDRESS, Field.NAME, Field.GREETING}
        self._name, self._greeting = headings.columns.get(Field.NAME), headings.columns.get(Field.GREETING)

    def row(self, number: int, cells: Sequence[Cell]) -> Row:
        """The recipient in the cells of a row that is not empty; RefusedRow."""
        if self._strict and len(cells) > self._last and any(cells[self._last :]):
            said = say("importing.too_many_cells", columns=self._last)
            raise RefusedRow(self._last + 1, self._raw_address(cells), said)
        address = self._address_in(cells)
        written = None if self._greeting is None else self._text(Field.GREETING, cells)
        if self._plain:
            return Row(number, address, "" if self._name is None else self._text(Field.NAME, cells), written, None)
        name, body = self._person(cells), self._text(Field.BODY, cells)
        kind = self._kind(cells)
        if kind is None and Field.BODY in self._columns:
            kind = Kind.PERSON if name else Kind.INSTITUTION
        by_body = (kind is Kind.INSTITUTION and body) or not name
        return Row(number, address, body if by_body else name, written, kind)

    def _address_in(self, cells: Sequence[Cell]) -> str:
        found = cells[self._address] if self._address < len(cells) else ""
        if isinstance(found, NoText):
            raise RefusedRow(self._address + 1, "", found.why)
        text = found.strip()
        if not text:
            raise RefusedRow(self._address + 1, "", say("importing.no_address"))
        try:
            return parse_address(text, international=True).lower()
        except HlasatelError:
            pass
        cleaned = _MAILTO.sub("", text, count=1).strip(_ROUND_ADDRESS).rstrip(";,").strip()
        if cleaned.count("@") > 1:
            raise RefusedRow(self._address + 1, text, say("importing.several_addresses", value=_shown(text)))
        try:
            return parse_address(cleaned, international=True).lower()
        except HlasatelError as error:
            raise RefusedRow(self._address + 1, text, str(error)) from None

    def _person(self, cells: Sequence[Cell]) -> str:
        before, after = self._text(Field.TITLE_BEFORE, cells), self._text(Field.TITLE_AFTER, cells)
        name = self._text(Field.NAME, cells)
        if not name:
            name = " ".join(filter(None, (self._text(Field.GIVEN, cells), self._text(Field.SURNAME, cells))))
        return ", ".join(filter(None, (f"{before} {name}".strip(), after))) if name else ""

    def _kind(self, cells: Sequence[Cell]) -> Kind | None:
        text = self._text(Field.KIND, cells).casefold()
        if text and text not in _KINDS:
            said = say("importing.unknown_kind", value=shortened(text))
            raise RefusedRow(self._columns[Field.KIND], self._raw_address(cells), said)
        return _KINDS.get(text)

    def _text(self, field: Field, cells: Sequence[Cell]) -> str:
        column = self._columns.get(field)
        if column is None or column > len(cells):
            return ""
        found = cells[column - 1]
        if isinstance(found, NoText):
            raise RefusedRow(column, self._raw_address(cells), found.why)
        text = " ".join(found.split())
        if len(text) > LONGEST_NAME or not (text.isprintable() or text.replace(_JOINER, "").isprintable()):
            raise RefusedRow(column, self._raw_address(cells), say("importing.bad_text", most=LONGEST_NAME))
        return text

    def _raw_address(self, cells: Sequence[Cell]) -> str:
        found = cells[self._address] if self._address < len(cells) else ""
        return "" if isinstance(found, NoText) else _shown(found.strip())


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text[:80])
