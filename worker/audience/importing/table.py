"""What a table is to us, whatever file it came from: rows of text, each with the number that its program shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker.errors import HlasatelError

MOST_COLUMNS = 60
"""What stands further right is not read."""


class Unreadable(HlasatelError):
    """A file that is no table we can read, or of which it is not known what is meant."""


@dataclass(frozen=True)
class NoText:
    """What a cell holds that is no text; `why` says it to the person who made the table, as a sentence."""

    why: str


Cell = str | NoText


@dataclass(frozen=True)
class Merged:
    """A range of merged cells over several rows: numbers of its first and last row and column, from 1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Table:
    """An open table. `rows` gives the number of each row, from 1, and its cells; reading on may raise Unreadable.

    `encoding` is empty for a workbook, `sheet` for a CSV.
    """

    rows: Iterator[tuple[int, list[Cell]]]
    encoding: str = ""
    sheet: str = ""
    merged: tuple[Merged, ...] = ()
