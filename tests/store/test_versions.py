"""Real data of every earlier version: what its own demo left behind is brought to today's schema and worked on.

`tests/data/versions/NNNN.sql.xz` is the SQLite database of a whole `hlasatel demo --auto` by the last program of that
schema, with the draft files cut short. Nobody can make them anew without that program.
"""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, MetaData, inspect, text

from tests.fixtures.postgres import PostgresServer
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import hasty, open_office
from tests.store.desk import work_at
from tests.store.test_migrations import _differences
from worker.record import events
from worker.store.database import SCHEMA, Database
from worker.store.migrate import upgrade

FOLDER = Path(__file__).parents[1] / "data" / "versions"
VERSIONS = sorted(file.name.removesuffix(".sql.xz") for file in FOLDER.iterdir())
ON_THE_SERVER_TOO = ("0007",)
"""On PostgreSQL this in the short form; the older ones take their time and differ little."""
WATCHED = (
    "occurrences",
    "recipients",
    "memberships",
    "departures",
    "drafts",
    "decisions",
    "notices",
    "links",
    "events",
)

Counts = dict[str, int]


def test_there_is_data_of_every_earlier_version() -> None:
    assert [f"{number:04}" for number in range(1, int(SCHEMA))] == VERSIONS


def _file(version: str, folder: Path) -> Path:
    file = folder / "older" / f"{version}.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.executescript(lzma.decompress((FOLDER / f"{version}.sql.xz").read_bytes()).decode())
    return file


def _on_server(file: Path, version: str, url: str) -> Database:
    """The same rows on PostgreSQL, in the tables of that version."""
    database = Database(url)
    upgrade(database, None, to=version)
    with database.write() as tx, closing(sqlite3.connect(file)) as source:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        older = MetaData()
        older.reflect(tx)
        source.row_factory = sqlite3.Row
        for table in older.sorted_tables:
            if table.name == "alembic_version" or table.name.startswith("procrastinate_"):
                continue
            tx.execute(table.delete())
            rows = [
                {each.name: _as_server_has_it(each.type, row[each.name]) for each in table.columns}
                for row in source.execute(f"SELECT * FROM {table.name}")
            ]
            if rows:
                tx.execute(table.insert(), rows)
            if table.autoincrement_column is not None and rows:
                number = table.autoincrement_column.name
                last = f"SELECT setval(pg_get_serial_sequence('{table.name}', '{number}'), max({number}))"
                if inspect(tx).get_columns(table.name)[0].get("autoincrement"):
                    tx.execute(text(f"{last} FROM {table.name}"))
    return database


def _as_server_has_it(sort: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(sort, JSON):
        return json.loads(value)
    if isinstance(sort, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(sort, Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(sort, Boolean) else value


def _counted(tx: Connection) -> tuple[Counts, Counter[str], set[str]]:
    there = set(inspect(tx).get_table_names())
    numbers = {
        each: tx.exec_driver_sql(f"SELECT count(*) FROM {each}").scalar_one() for each in WATCHED if each in there
    }
    rows = tx.exec_driver_sql("SELECT state FROM deliveries").scalars()
    ids = tx.exec_driver_sql("SELECT id || ' ' || state FROM occurrences").scalars()
    return numbers, Counter(rows), set(ids)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_office_of_an_earlier_version_goes_on(version: str, tmp_path: Path, relay: ScriptedRelay) -> None:
    database = hasty(_file(version, tmp_path))
    _goes_on(database, version, tmp_path, relay)


@pytest.mark.parametrize(
    "version",
    [each if each in ON_THE_SERVER_TOO else pytest.param(each, marks=pytest.mark.long) for each in VERSIONS],
)
def test_an_office_of_an_earlier_version_goes_on_on_a_server(
    version: str, tmp_path: Path, relay: ScriptedRelay, postgres_server: PostgresServer
) -> None:
    name, url = postgres_server.create_database()
    database = _on_server(_file(version, tmp_path), version, url)
    _goes_on(database, version, tmp_path, relay)
    postgres_server.drop_database(name)


def _goes_on(database: Database, version: str, folder: Path, relay: ScriptedRelay) -> None:
    assert database.schema() == version
    with database.read() as tx:
        before = _counted(tx)
    database.bring_up_to_date()
    with database.read() as tx:
        assert _counted(tx) == before
        assert before[1]["sent"] > 50 and before[0]["events"] >= 50
        assert events.first_broken(tx) is None
        assert _differences(tx) == []
        last = events.after(tx, events.count(tx) - 1)[0].at
    office = open_office(database, relay, folder)
    work_at(office, last + timedelta(days=1))
    with database.read() as tx:
        assert events.first_broken(tx) is None and events.count(tx) > before[0]["events"]
        assert _counted(tx)[1] == before[1], "what was sent is sent, and nothing goes out again"
    database.close()
