"""The rows of a file between reading and taking in, in a database of SQLite's own that is gone when it is closed.

A file is read once and whole before anything is kept, so its repeated rows are known, and nothing of a faulty one need
be kept; it lies in a temporary file, lest the memory grow with it.
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
    """Rows in the order of the file, each address once, and what there is to tell of them."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._kept.execute("PRAGMA journal_mode=OFF")
        self._kept.execute(
            "CREATE TABLE rows (number INTEGER PRIMARY KEY, address TEXT, name TEXT, written TEXT, kind TEXT)"
        )
        self._kept.execute("CREATE TABLE told (number INTEGER, col INTEGER, what TEXT, address TEXT, why TEXT)")
        self._waiting: list[tuple[int, str, str, str | None, str | None]] = []

    def close(self) -> None:
        self._kept.close()

    def add(self, row: Row) -> None:
        """Keep a row; numbers rise."""
        self._waiting.append((row.number, row.address, row.name, row.written, row.kind))
        if len(self._waiting) >= _ADDED_AT_ONCE:
            self._put()

    def tell(self, *told: Told) -> None:
        """Keep what there is to tell."""
        rows = [(each.number, each.column, each.what, each.address, each.why) for each in told]
        self._kept.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?)", rows)

    def one_of_each(self) -> None:
        """Of several rows with one address keep the first; the others are told, with its number as their `why`."""
        self._put()
        self._kept.execute("CREATE INDEX by_address ON rows (address, number)")
        self._kept.execute(
            "INSERT INTO told SELECT number, 0, ?, address, first FROM "
            "(SELECT number, address, min(number) OVER (PARTITION BY address) AS first FROM rows) WHERE number > first",
            (What.REPEATED,),
        )
        self._kept.execute(
            "DELETE FROM rows WHERE number IN (SELECT number FROM told WHERE what = ?)", (What.REPEATED,)
        )
        self._kept.execute("DROP INDEX by_address")

    def size(self) -> int:
        """How many rows there are to take in."""
        found: int = self._kept.execute("SELECT count(*) FROM rows").fetchone()[0]
        return found

    def up_to(self, number: int) -> int:
        """How many of them have this number or a lower one."""
        found: int = self._kept.execute("SELECT count(*) FROM rows WHERE number <= ?", (number,)).fetchone()[0]
        return found

    def after(self, number: int, most: int) -> list[Row]:
        """The next rows behind the row `number`, in order."""
        rows = self._kept.execute("SELECT * FROM rows WHERE number > ? ORDER BY number LIMIT ?", (number, most))
        return [
            Row(number, address, name, written, kind and Kind(kind)) for number, address, name, written, kind in rows
        ]

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
        self._kept.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._kept.execute("COMMIT")
        self._waiting.clear()
