"""A migrated database of each sort, and an office on it whose relay does as it is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.fixtures.postgres import PostgresServer
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.desk import asked
from tests.store.sample import CONFIG, KEY, ROOT
from worker.office import Office
from worker.settings import MailingList, Person, load_lists, load_people, load_settings
from worker.store.columns import metadata
from worker.store.database import Database
from worker.store.tables import installation


# Migrating takes longer than most of these tests, so it is done once: a file is copied, a server's tables are emptied.
@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the current schema, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "hlasatel.sqlite3"
    database = hasty(file)
    database.bring_up_to_date()
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with the current schema, for one test after the other."""
    name, url = postgres_server.create_database()
    database = Database(url)
    database.bring_up_to_date()
    database.close()
    yield url
    postgres_server.drop_database(name)


def hasty(file: Path) -> Database:
    """An SQLite file that may be lost in a power cut, as the tests' PostgreSQL may: most of a commit is the disk.

    What another process opens waits for the disk all the same, and so does what tests/journeys and tests/faults use.
    """
    database = Database(f"sqlite:///{file}")

    @event.listens_for(database.engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the current schema, of each sort."""
    if request.param == "sqlite":
        file = tmp_path / "hlasatel.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        own = hasty(file)
    else:
        own = Database(request.getfixturevalue("migrated_url"))
        with own.write() as tx:
            names = ", ".join(metadata.tables)
            tx.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            tx.execute(installation.insert().values(id=1, epoch=0))
    yield own
    own.close()


@pytest.fixture
def url(database: Database) -> str:
    """Where `database` is, for another connection or process."""
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    """A relay on loopback that accepts everything until it is told otherwise."""
    with scripted_relay() as running:
        yield running


def open_office(database: Database, relay: ScriptedRelay, folder: Path, connections: int = 1) -> Office:
    """The shipped configuration on `database`, sending through `relay`, one message after the other unless told."""
    environ = {
        "HLASATEL_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "HLASATEL_SMTP_URL": relay.url,
        "HLASATEL_DATA": str(folder / "data"),
        "HLASATEL_SECRET_KEY": KEY,
    }
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=CONFIG)
    return Office(settings, _people(), _lists(), replace(settings.relay, connections=connections), database)


@cache
def _people() -> dict[str, Person]:
    return load_people(CONFIG)


@cache
def _lists() -> dict[str, MailingList]:
    return load_lists(CONFIG)


@pytest.fixture
def office(tmp_path: Path, database: Database, relay: ScriptedRelay) -> Office:
    """An office on a database of each sort."""
    return open_office(database, relay, tmp_path)


@pytest.fixture(scope="session")
def asked_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An SQLite file in which the December press release waits for the spokeswoman, and a token of hers."""
    folder = tmp_path_factory.mktemp("asked")
    file = folder / "hlasatel.sqlite3"
    shutil.copyfile(migrated_file, file)
    database = hasty(file)
    with scripted_relay() as relay:
        link = asked(open_office(database, relay, folder))
    database.close()
    return file, link


@pytest.fixture
def asked_office(asked_file: tuple[Path, str], tmp_path: Path, relay: ScriptedRelay) -> Iterator[Office]:
    """An office on a copy of that file, for tests to which the database makes no difference."""
    file = tmp_path / "asked.sqlite3"
    shutil.copyfile(asked_file[0], file)
    database = hasty(file)
    yield open_office(database, relay, tmp_path)
    database.close()
