"""Importing a table of a million rows, against the database's own bulk load of the rows that it ends in.

Both read a CSV whose addresses come in no order. The bulk load gets finished rows: `executemany` into both tables in
one transaction on SQLite, `COPY` on PostgreSQL, with the same keys, indexes and references. Ours reads, checks, greets
by name, looks each address up, and keeps how far it is.

`python -m bench.importing URL CONFIG FILE` is one run of ours, in a process of its own because of its memory.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from bench.measured import Spread, ratios
from bench.prepared import office_at
from bench.rounds import tell
from bench.stores import Store
from bench.usage import own_peak
from bench.workshop import Workshop
from tests.store.sample import NOW, ROOT
from worker.audience.given_names import MEN, WOMEN
from worker.audience.importing.taking import import_file
from worker.audience.salutation import suggested
from worker.store.database import Database

NO_RELAY = 25
"""Nothing is sent."""
LIST = "seznam-0"
SMALL_SHARE = 10
"""So many times fewer rows in the file that memory is compared with."""
STEP = 7919
"""A prime, so that every number comes, each far from the one before."""
_SURNAMES = {
    "man": (
        "Novák",
        "Svoboda",
        "Novotný",
        "Dvořák",
        "Černý",
        "Procházka",
        "Kučera",
        "Veselý",
        "Horák",
        "Němec",
        "Hájek",
    ),
    "woman": (
        "Nováková",
        "Svobodová",
        "Novotná",
        "Dvořáková",
        "Černá",
        "Procházková",
        "Kučerová",
        "Veselá",
        "Horáková",
    ),
}


def measure(shop: Workshop, store: Store, people: int, rounds: int) -> dict[str, object]:
    """Seconds of both, each into empty tables and committed; the ratio round by round; MiB of ours at most."""
    given, finished = _files(shop.folder, people)
    few, _ = _files(shop.folder, max(people // SMALL_SHARE, 1))
    ours, bulk, memory = [], [], []
    for number in range(1, rounds + 1):
        seconds, peak = _ours(shop, store, given, people)
        ours.append(seconds)
        memory.append(peak)
        bulk.append(_bulk(shop, store, finished, people))
        tell(f"round {number}/{rounds}  importing on {store.name:<10} {ours[-1]:6.1f} s, bulk load {bulk[-1]:6.1f} s")
    _, small = _ours(shop, store, few, max(people // SMALL_SHARE, 1))
    return {
        "people": people,
        "ours": Spread.of(ours).rounded(),
        "bulk": Spread.of(bulk).rounded(),
        "ratio": ratios(ours, bulk).rounded(),
        "memory": {"small": round(small, 1), "large": round(max(memory), 1)},
    }


def _files(folder: Path, people: int) -> tuple[Path, Path]:
    """The office's table, and the finished rows of `recipients`; made when first asked for."""
    given, finished = folder / f"table-{people}.csv", folder / f"rows-{people}.csv"
    if not finished.exists():
        with given.open("w", encoding="utf-8") as table, finished.open("w", encoding="utf-8", newline="") as rows:
            table.write("E-mail;Jméno;Telefon\n")
            writer = csv.writer(rows)
            for number, (address, name) in enumerate(_people(people), 1):
                table.write(f"{address};{name};485 000 000\n")
                writer.writerow([number, address, name, suggested(name), NOW.strftime("%Y-%m-%d %H:%M:%S.%f")])
    return given, finished


def _people(people: int) -> Iterator[tuple[str, str]]:
    named = [(MEN, "man"), (WOMEN, "woman")]
    names = [f"{given} {surname}" for some, sort in named for given in sorted(some) for surname in _SURNAMES[sort]]
    for number in range(people):
        mixed = number * STEP % people if people % STEP else number
        yield f"ctenar-{mixed:07}@posta{mixed % 50}.example.org", names[mixed * 31 % len(names)]


def _ours(shop: Workshop, store: Store, file: Path, people: int) -> tuple[float, float]:
    """Seconds, and MiB at most."""
    url = store.new(shop.template(store, 0))
    try:
        store.rest(url)
        command = [sys.executable, "-m", "bench.importing", url, str(shop.config), str(file)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    finally:
        store.drop(url)
    told = json.loads(done.stdout)
    if told["added"] != people:
        raise RuntimeError(f"{told['added']} of {people} recipients were imported")
    return told["seconds"], told["memory"]


def _bulk(shop: Workshop, store: Store, file: Path, people: int) -> float:
    url = store.new(shop.template(store, 0))
    database = Database(url)
    try:
        store.rest(url)
        began = time.monotonic()
        (_sqlite_bulk if make_url(url).get_backend_name() == "sqlite" else _copy)(database, file)
        seconds = time.monotonic() - began
        with database.read() as tx:
            loaded: int = tx.exec_driver_sql("SELECT count(*) FROM memberships").scalar_one()
    finally:
        database.close()
        store.drop(url)
    if loaded != people:
        raise RuntimeError(f"{loaded} of {people} rows were loaded")
    return seconds


_COLUMNS = "id, address, name, greeting, created_at"


def _sqlite_bulk(database: Database, file: Path) -> None:
    with database.write() as tx, file.open(encoding="utf-8", newline="") as rows:
        cursor: Any = tx.connection.cursor()
        cursor.executemany(f"INSERT INTO recipients ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", csv.reader(rows))
        rows.seek(0)
        members = ((LIST, row[0], row[4]) for row in csv.reader(rows))
        cursor.executemany("INSERT INTO memberships (list_id, recipient_id, since) VALUES (?, ?, ?)", members)


def _copy(database: Database, file: Path) -> None:
    with database.write() as tx, file.open(encoding="utf-8", newline="") as rows:
        cursor: Any = tx.connection.cursor()
        with cursor.copy(f"COPY recipients ({_COLUMNS}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (greeting))") as copy:
            while block := rows.read(1 << 20):
                copy.write(block)
        rows.seek(0)
        with cursor.copy("COPY memberships (list_id, recipient_id, since) FROM STDIN") as copy:
            for row in csv.reader(rows):
                copy.write_row((LIST, row[0], row[4]))


def main(url: str, config: str, file: str) -> None:
    """One run of ours; prints its seconds, MiB at most and how many it added, as JSON."""
    office = office_at(url, Path(config), NO_RELAY)
    began = time.monotonic()
    account = import_file(office, LIST, Path(file), datetime.now(UTC))
    seconds = time.monotonic() - began
    office.database.close()
    print(json.dumps({"seconds": seconds, "memory": own_peak(), "added": account.added}))


if __name__ == "__main__":
    main(*sys.argv[1:])
