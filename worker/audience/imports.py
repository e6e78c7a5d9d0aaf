"""Import of a list from a CSV file with the columns `address,name[,greeting]`. No network is used.

The good rows become active at once; a row that cannot be used is told with its line and reason, and nothing of it is
kept. An address that is known already gets the new name; it is one recipient however many lists it is on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.errors import Fault, HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events
from worker.settings import parse_address
from worker.store.tables import memberships, recipients

COLUMNS = ("address", "name", "greeting")
LONGEST_NAME = 200
CHUNK = 500


@dataclass
class Imported:
    """What an import did: recipients new to the list, already on it, and the rows refused."""

    added: int = 0
    present: int = 0
    refused: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One usable row."""

    address: str
    name: str
    greeting: str


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
            refused=len(result.refused),
        )
    return result


def _rows(file: Path, result: Imported) -> Iterator[Row]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise HlasatelError(say("audience.no_file", file=file)) from None
    except UnicodeDecodeError:
        raise HlasatelError(say("audience.not_utf8", file=file)) from None
    lines = csv.reader(io.StringIO(text), dialect=_dialect(text), strict=True)
    seen: set[str] = set()
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        if header[:2] != list(COLUMNS[:2]) or any(cell not in COLUMNS for cell in header):
            raise HlasatelError(say("audience.bad_header", file=file, found=",".join(header), wanted=",".join(COLUMNS)))
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                row = _row(dict(zip(header, cells, strict=False)))
            except HlasatelError as error:
                result.refused.append(Fault(str(file), lines.line_num, 1, str(error)))
                continue
            if row.address not in seen:
                seen.add(row.address)
                yield row
    except csv.Error as error:
        raise HlasatelError(say("audience.bad_csv", file=file, line=lines.line_num, why=error)) from None


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = ";" if first.count(";") > first.count(",") else ","

    return Dialect


def _row(cells: dict[str, str]) -> Row:
    address = parse_address(cells["address"].strip()).lower()
    name = " ".join(cells.get("name", "").split())
    greeting = " ".join(cells.get("greeting", "").split())
    for text in (name, greeting):
        if len(text) > LONGEST_NAME or not text.isprintable():
            raise HlasatelError(say("audience.bad_name", address=address))
    return Row(address, name, greeting)


def _store(tx: Connection, list_id: str, rows: list[Row], now: datetime, result: Imported) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    people = insert(recipients).values([vars(row) | {"created_at": now} for row in rows])
    changes = {"name": people.excluded.name, "greeting": people.excluded.greeting}
    tx.execute(people.on_conflict_do_update(index_elements=["address"], set_=changes))
    addresses = [row.address for row in rows]
    found = tx.execute(select(recipients.c.id).where(recipients.c.address.in_(addresses))).scalars().all()
    joined = insert(memberships).values([{"list_id": list_id, "recipient_id": each, "since": now} for each in found])
    added = tx.execute(joined.on_conflict_do_nothing()).rowcount
    result.added += added
    result.present += len(found) - added
