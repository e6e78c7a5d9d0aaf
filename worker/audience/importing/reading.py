"""A file read whole: its usable rows and what there is to tell of the others, before anything is looked up or kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.audience.importing import opening
from worker.audience.importing.headings import Field, Headings, find_headings
from worker.audience.importing.roles import Own, is_role, own_of
from worker.audience.importing.rows import Reader, RefusedRow
from worker.audience.importing.spool import Spool, Told, What
from worker.audience.importing.table import Merged, Table, Unreadable
from worker.audience.importing.workbook import MOST_BYTES
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many; the latter is 0 while the file is still being read."""
_TELL_EACH = 10_000


@dataclass(frozen=True)
class Limits:
    """How large a file may be: its rows, and the bytes that a workbook unpacks to."""

    rows: int
    unpacked: int = MOST_BYTES


UNLIMITED = Limits(10_000_000)


@dataclass(frozen=True)
class Read:
    """A file and what it holds. `encoding` is that of a CSV, `sheet` that of a workbook, else empty."""

    file: Path
    list_id: str
    digest: str
    encoding: str
    sheet: str
    headings: Headings
    spool: Spool

    def column(self, told: Told) -> str:
        """What the author called the column something is told of; empty for a whole row."""
        return self.headings.title(told.column)


@contextmanager
def read(
    office: Office,
    list_id: str,
    file: Path,
    *,
    sheet: str = "",
    limits: Limits = UNLIMITED,
    progress: Progress | None = None,
) -> Iterator[Read]:
    """What `file` would bring the list, as long as the block lasts. HlasatelError for an unknown list and for a file
    that is no table with addresses.
    """
    if list_id not in office.lists:
        raise HlasatelError(say("audience.unknown_list", list=list_id, known=", ".join(sorted(office.lists))))
    spool = Spool()
    try:
        found = opening.digest(file)
        with opening.open_table(file, sheet, limits.unpacked) as table:
            headings = find_headings(table.rows)
            _fill(spool, table, headings, own_of(office.settings), limits.rows, progress)
            spool.one_of_each()
            yield Read(file, list_id, found, table.encoding, table.sheet, headings, spool)
    finally:
        spool.close()


def _fill(
    spool: Spool, table: Table, headings: Headings, own: Own, most: int, progress: Progress | None
) -> None:  # fmt: skip
    reader = Reader(headings, strict=not table.sheet)
    under_merged = _Ranges(table.merged, headings)
    address_column = headings.columns[Field.ADDRESS]
    count = 0
    for number, cells in table.rows:
        if not any(cells) or not any(cell.strip() if isinstance(cell, str) else cell for cell in cells):
            continue
        count += 1
        if count > most:
            raise Unreadable(say("importing.too_many_rows", most=most))
        if progress and not count % _TELL_EACH:
            progress(count, 0)
        try:
            under_merged.refuse(number)
            row = reader.row(number, cells)
        except RefusedRow as error:
            spool.tell(Told(number, error.column, What.REFUSED, error.address, str(error)))
            continue
        spool.add(row)
        domain = row.address.rpartition("@")[2]
        if row.address in own.addresses or domain in own.domains:
            spool.tell(Told(number, address_column, What.OWN, row.address, ""))
        elif is_role(row.address):
            spool.tell(Told(number, address_column, What.ROLE, row.address, ""))


class _Ranges:
    """Merged cells in columns that are taken: only the uppermost of them holds what its reader sees in all."""

    def __init__(self, merged: tuple[Merged, ...], headings: Headings) -> None:
        taken = set(headings.columns.values())
        self._ahead = sorted(
            (
                each
                for each in merged
                if taken & set(range(each.first_column, each.last_column + 1)) and each.last_row > headings.row
            ),
            key=lambda each: -each.first_row,
        )
        self._reach, self._column = 0, 0

    def refuse(self, number: int) -> None:
        """RefusedRow for a row, their numbers rising, below the first of a range."""
        while self._ahead and self._ahead[-1].first_row < number:
            begun = self._ahead.pop()
            if begun.last_row > self._reach:
                self._reach, self._column = begun.last_row, begun.first_column
        if number <= self._reach:
            raise RefusedRow(self._column, "", say("importing.merged_cells"))
