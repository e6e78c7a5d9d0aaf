"""Import of a list from a CSV file with the columns `address,name[,greeting]`. No network is used.

The good rows become active at once; a row that cannot be used is told with its line and reason, and nothing of it is
kept. An address that is known already gets the new name, and the new greeting where the file has that column; it is
one recipient however many lists it is on. Whoever has no greeting in the file gets the one her name suggests, and a
neutral one where it leaves a doubt; a greeting that somebody wrote for her stays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience.salutation import suggested
from worker.errors import Fault, HlasatelError
from worker.messages import say
from worker.office import Office
from worker.positions import reason_of
from worker.record import events
from worker.settings import parse_address
from worker.store.tables import memberships, recipients

COLUMNS = ("address", "name", "greeting")
LONGEST_NAME = 200
JOINER = "\u200d"  # holds some emoji together; every other invisible character hides or turns text
CHUNK = 500


@dataclass
class Imported:
    """What became of each row: its recipient new to the list, already on it, named in an earlier row, or refused."""

    added: int = 0
    present: int = 0
    repeated: int = 0
    addressed: int = 0
    """How many got a greeting from their name."""
    refused: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One usable row. `written` is the greeting of the file; None when the file has no such column."""

    address: str
    name: str
    written: str | None

    @property
    def greeting(self) -> str:
        """What is kept for somebody new; empty for the neutral one."""
        return self.written or suggested(self.name)


def import_csv(office: Office, list_id: str, file: Path, now: datetime) -> Imported:
    """Put the rows of `file` on the list. Raises HlasatelError for an unknown list or a file that is no such CSV."""
    if list_id not in office.lists:
        raise HlasatelError(say("audience.unknown_list", list=list_id, known=", ".join(sorted(office.lists))))
    result = Imported()
    rows = list(_rows(file, result))
    with office.database.write() as tx:
        for start in range(0, len(rows), CHUNK):
            _store(tx, list_id, rows[start : start + CHUNK], now, result)
        events.append(
            tx,
            "list.imported",
            now,
            list=list_id,
            added=result.added,
            present=result.present,
            repeated=result.repeated,
            refused=len(result.refused),
        )
    return result


def _rows(file: Path, result: Imported) -> Iterator[Row]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise HlasatelError(say("audience.no_file", file=file)) from None
    except OSError as error:
        raise HlasatelError(say("audience.unreadable", file=file, why=reason_of(error))) from None
    except UnicodeDecodeError:
        raise HlasatelError(say("audience.not_utf8", file=file)) from None
    lines = csv.reader(io.StringIO(text), dialect=_dialect(text), strict=True)
    seen: set[str] = set()
    try:
        header = _trimmed([cell.strip().lower() for cell in next(lines, [])])
        if header not in (list(COLUMNS), list(COLUMNS[:2])):
            raise HlasatelError(say("audience.bad_header", file=file, found=",".join(header), wanted=",".join(COLUMNS)))
        for cells in lines:
            found = _trimmed(cells)
            if not found:
                continue
            try:
                row = _row(header, found)
            except HlasatelError as error:
                result.refused.append(Fault(str(file), lines.line_num, 1, str(error)))
                continue
            if row.address in seen:
                result.repeated += 1
            else:
                seen.add(row.address)
                yield row
    except csv.Error:
        raise HlasatelError(say("audience.bad_csv", file=file, line=lines.line_num)) from None


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = ";" if first.count(";") > first.count(",") else ","

    return Dialect


def _trimmed(cells: list[str]) -> list[str]:
    """The cells without the empty ones at the end, which spreadsheet programs like to add."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _row(header: list[str], found: list[str]) -> Row:
    if len(found) > len(header):
        raise HlasatelError(say("audience.too_many_cells", address=found[0].strip(), columns=len(header)))
    cells = dict(zip_longest(header, found, fillvalue=""))
    address = parse_address(cells["address"].strip(), international=True).lower()
    name = " ".join(cells["name"].split())
    greeting = " ".join(cells["greeting"].split()) if "greeting" in cells else None
    for text in (name, greeting or ""):
        if len(text) > LONGEST_NAME or not text.replace(JOINER, "").isprintable():
            raise HlasatelError(say("audience.bad_name", address=address))
    return Row(address, name, greeting)


def _store(tx: Connection, list_id: str, rows: list[Row], now: datetime, result: Imported) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    addresses = [row.address for row in rows]
    kept = _written_by_hand(tx, addresses) if rows[0].written is None else {}
    people = insert(recipients).values(
        [
            {
                "address": row.address,
                "name": row.name,
                "greeting": kept.get(row.address, row.greeting),
                "created_at": now,
            }
            for row in rows
        ]
    )
    changes = {"name": people.excluded.name, "greeting": people.excluded.greeting}
    tx.execute(people.on_conflict_do_update(index_elements=["address"], set_=changes))
    result.addressed += sum(not row.written and row.address not in kept and row.greeting != "" for row in rows)
    found = tx.execute(select(recipients.c.id).where(recipients.c.address.in_(addresses))).scalars().all()
    joined = insert(memberships).values([{"list_id": list_id, "recipient_id": each, "since": now} for each in found])
    new = joined.on_conflict_do_nothing().returning(memberships.c.recipient_id)
    added = len(tx.execute(new).all())
    result.added += added
    result.present += len(found) - added


def _written_by_hand(tx: Connection, addresses: list[str]) -> dict[str, str]:
    """The greetings of those who have another one than their present name suggests, by address."""
    known = select(recipients.c.address, recipients.c.name, recipients.c.greeting).where(
        recipients.c.address.in_(addresses)
    )
    return {row.address: row.greeting for row in tx.execute(known) if row.greeting != suggested(row.name)}
