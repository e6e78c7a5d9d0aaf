"""A small CSV of the office's own with known columns: what was done, what was published. All of it or nothing.

Encoding and delimiter are found out as for a list of recipients; headings may be Czech or English, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from worker.audience.importing import csv_file
from worker.audience.importing.headings import LOOKED_THROUGH, plain
from worker.audience.importing.table import Unreadable
from worker.errors import Fault
from worker.messages import say
from worker.positions import Faults, reason_of, shortened
from worker.typed import day_in, is_web_address

MOST_ROWS = 5000
LONGEST = 2000
"""Characters of a cell."""
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?")


@dataclass(frozen=True)
class Column:
    """A column by its name in the code, with its headings in Czech and English as `plain` spells them."""

    name: str
    headings: tuple[str, ...]
    required: bool = False


class Line:
    """One row of the file; what is wrong with a cell becomes a fault at its line and column."""

    def __init__(
        self, file: Path, number: int, cells: Sequence[str], places: Mapping[str, int], faults: Faults
    ) -> None:
        self.number = number
        self._file, self._cells, self._places, self._faults = file, cells, places, faults

    def text(self, column: str) -> str:
        """What the cell holds, blanks made single; empty where the file has no such column."""
        place = self._places.get(column)
        found = self._cells[place] if place is not None and place < len(self._cells) else ""
        text = " ".join(found.split())
        if len(text) > LONGEST or not text.isprintable():
            self.reject(column, say("importing.bad_text", most=LONGEST))
            return ""
        return text

    def day(self, column: str) -> date | None:
        """The day in the cell, as Excel or a person writes it; None for an empty one, or one told as a fault."""
        text = _MIDNIGHT.sub("", self.text(column))
        found = day_in(text)
        if text and found is None:
            self.reject(column, say("columns.bad_day", value=shortened(text)))
        return found

    def address(self, column: str) -> str:
        """The web address in the cell; empty for none, or one that is told as a fault."""
        text = self.text(column)
        if text and not is_web_address(text):
            self.reject(column, say("columns.bad_address", value=shortened(text)))
            return ""
        return text

    def reject(self, column: str, why: str) -> None:
        """Tell what is wrong with a cell, or with the row where it has no such column."""
        self._faults.add(Fault(str(self._file), self.number, self._places.get(column, 0) + 1, why))

    @property
    def fine(self) -> bool:
        """Whether nothing was found wrong with it."""
        return not any(fault.line == self.number for fault in self._faults.found)


def lines_of(file: Path, columns: Sequence[Column], faults: Faults) -> list[Line]:
    """The rows below the headings that are not empty. Unreadable for what is no such table."""
    spelt = {heading: column.name for column in columns for heading in column.headings}
    if _looks_like_a_workbook(file):
        raise Unreadable(say("columns.workbook", file=file.name))
    places: dict[str, int] = {}
    found: list[Line] = []
    with csv_file.opened(file, _known(spelt)) as table:
        for number, cells in table.rows:
            texts = [cell for cell in cells if isinstance(cell, str)]
            if not any(text.strip() for text in texts):
                continue
            if places:
                found.append(Line(file, number, texts, places, faults))
                if len(found) > MOST_ROWS:
                    raise Unreadable(say("columns.too_many", most=MOST_ROWS))
            elif _known(spelt)(texts) >= sum(column.required for column in columns):
                places = _places(texts, spelt)
            elif number >= LOOKED_THROUGH:
                break
    lacking = [column.headings[0] for column in columns if column.required and column.name not in places]
    if lacking:
        raise Unreadable(say("columns.lacking", file=file.name, lacking=", ".join(lacking)))
    return found


def _known(spelt: Mapping[str, str]) -> Callable[[Sequence[str]], int]:
    def known(cells: Sequence[str]) -> int:
        return len({spelt[written] for written in map(plain, cells) if written in spelt})

    return known


def _places(headings: Sequence[str], spelt: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = spelt.get(plain(heading))
        if name in places:
            raise Unreadable(say("importing.heading_twice", first=headings[places[name]], second=heading))
        if name is not None:
            places[name] = place
    return places


def _looks_like_a_workbook(file: Path) -> bool:
    try:
        with file.open("rb") as content:
            return content.read(4) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    except FileNotFoundError:
        raise Unreadable(say("importing.no_file", file=file)) from None
    except OSError as error:
        raise Unreadable(say("importing.unreadable", file=file, why=reason_of(error))) from None
