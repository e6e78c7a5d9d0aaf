"""The rows of a file between reading and taking in, in a database of SQLite's own that is gone when it is closed.

A file is read once and whole before anything is kept, so its repeated rows are known, and nothing of a faulty one need
be kept; it lies in a temporary file, lest the memory grow with it. It is taken in by address: rows that stand together
in the office's index of addresses then come together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from worker.audience.importing.rows import Kind, Row

_ADDED_AT_ONCE = 5000


class What(StrEnum):
    """What there is to tell of a row."""

    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    LEFT = "left"
    REPEATED = "repeated"
    OWN = "own"
    ROLE = "role"
    CHANGED = "changed"
    ADDED = "added"


@dataclass(frozen=True)
class Told:
    """Something to tell of the row `number`. `column` counts from 1 and is 0 for the whole row; `why` may be empty."""

    number: int
    column: int
    what: What
    address: str
    why: str


class Spool:
    """The rows of a file, each address once and in the order of addresses, and what there is to tell of them."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._kept.execute("PRAGMA journal_mode=OFF")
        self._kept.execute("CREATE TABLE given (number INTEGER, address TEXT, name TEXT, written TEXT, kind TEXT)")
        self._kept.execute("CREATE TABLE told (number INTEGER, col INTEGER, what TEXT, address TEXT, why TEXT)")
        self._waiting: list[tuple[int, str, str, str | None, str | None]] = []

    def close(self) -> None:
        self._kept.close()

    def add(self, row: Row) -> None:
        """Keep a row."""
        self._waiting.append((row.number, row.address, row.name, row.written, row.kind))
        if len(self._waiting) >= _ADDED_AT_ONCE:
            self._put()

    def tell(self, *told: Told) -> None:
        """Keep what there is to tell."""
        rows = [(each.number, each.column, each.what, each.address, each.why) for each in told]
        self._kept.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?)", rows)

    def one_of_each(self) -> None:
        """When all are there: of several rows with one address keep the first; of the others its number is told."""
        self._put()
        self._kept.execute("CREATE TABLE rows AS SELECT * FROM given ORDER BY address, number")
        self._kept.execute("DROP TABLE given")
        self._kept.execute(
            "CREATE TABLE again AS "
            "SELECT later.rowid AS position, later.number, later.address, earlier.number AS before FROM rows later "
            "JOIN rows earlier ON earlier.rowid = later.rowid - 1 AND earlier.address = later.address"
        )
        known, first = "", 0
        for position, number, address, before in self._kept.execute("SELECT * FROM again ORDER BY position"):
            if address != known:
                known, first = address, before
            self.tell(Told(number, 0, What.REPEATED, address, str(first)))
            self._kept.execute("DELETE FROM rows WHERE rowid = ?", (position,))
        self._kept.execute("CREATE INDEX by_what ON told (what, number)")
        self._kept.execute(
            "DELETE FROM told WHERE what IN (?, ?) AND number IN (SELECT number FROM again)", (What.OWN, What.ROLE)
        )

    def size(self) -> int:
        """How many rows there are to take in."""
        return self.up_to(1 << 62)

    def up_to(self, position: int) -> int:
        """How many of them stand at this position or before it."""
        found: int = self._kept.execute("SELECT count(*) FROM rows WHERE rowid <= ?", (position,)).fetchone()[0]
        return found

    def after(self, position: int, most: int) -> tuple[list[Row], int]:
        """The next rows behind a position, 0 for the first ones, and the position of the last of them."""
        found = self._kept.execute("SELECT rowid, * FROM rows WHERE rowid > ? LIMIT ?", (position, most)).fetchall()
        rows = [
            Row(number, address, name, written, kind and Kind(kind))
            for _, number, address, name, written, kind in found
        ]
        return rows, found[-1][0] if found else position

    def count(self, what: What) -> int:
        """How many rows this is told of."""
        found: int = self._kept.execute("SELECT count(*) FROM told WHERE what = ?", (what,)).fetchone()[0]
        return found

    def told(self, what: What, most: int = -1) -> Iterator[Told]:
        """What is told of rows, in their order; at most so many."""
        query = "SELECT number, col, what, address, why FROM told WHERE what = ? ORDER BY number LIMIT ?"
        for number, column, kind, address, why in self._kept.execute(query, (what, most)):
            yield Told(number, column, What(kind), address, str(why))

    def _put(self) -> None:
        self._kept.execute("BEGIN")
        self._kept.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._kept.execute("COMMIT")
        self._waiting.clear()
