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

from tests.fixtures.copied import to_be_copied
from tests.fixtures.desk_plan import write_desk_plan
from tests.fixtures.documents import documents, spared
from tests.fixtures.graph_server import TOKEN, GraphServer, graph_server
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.desk import asked
from tests.store.posting import posting_to
from tests.store.sample import CONFIG, KEY, ROOT
from worker.forms import no_files
from worker.office import Office
from worker.settings import MailingList, Person, load_lists, load_people, load_settings
from worker.store.columns import metadata
from worker.store.database import Database
from worker.store.tables import installation

__all__ = ["documents", "spared"]


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


@pytest.fixture
def already_asked() -> None:
    """Has `database` begin where the December press release and the newsletter wait for approval (`desk.asked`).

    The mails that ask for it went to another relay than the test's.
    """


@cache
def _engine(place: Path | str) -> Database:
    """The same for every test that comes here, on a file or a server: what SQLAlchemy has compiled stays with it."""
    return hasty(place) if isinstance(place, Path) else Database(place)


def _laid_out(file: Path, content: Path) -> Database:
    """`file`, a copy of `content` and alone in its folder."""
    if file.parent.exists():
        shutil.rmtree(file.parent)
    file.parent.mkdir()
    shutil.copyfile(content, file)
    return _engine(file)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with the current schema, of each sort: empty, or with `already_asked` as that says."""
    asked_for = "already_asked" in request.fixturenames
    if request.param == "sqlite":
        empty: Path = request.getfixturevalue("migrated_file")
        content = request.getfixturevalue("asked_file")[0] if asked_for else empty
        own = _laid_out(empty.parent / "own" / empty.name, content)
    else:
        if asked_for:
            request.getfixturevalue("kept_rows")
        own = _engine(request.getfixturevalue("migrated_url"))
        _empty(own)
        if asked_for:
            _put_back(own)
        else:
            with own.write() as tx:
                tx.execute(installation.insert().values(id=1, epoch=0))
    yield own
    own.close()


def _empty(own: Database) -> None:
    """No rows, and numbers that begin anew. A TRUNCATE of every table would take ten times as long.

    What was never written is left out; what has grown is truncated, lest the rows that are gone make it slow.
    """
    steps = ["SET LOCAL session_replication_role = replica"]  # in any order of the tables
    with own.write() as tx:
        for name, size in tx.execute(_WRITTEN, {"names": list(metadata.tables)}).all():
            steps.append(f"TRUNCATE {name} CASCADE" if size > GROWN else f"DELETE FROM {name}")
            if (numbered := metadata.tables[name].autoincrement_column) is not None:
                steps.append(f"SELECT setval(pg_get_serial_sequence('{name}', '{numbered.name}'), 1, false)")
        tx.exec_driver_sql("; ".join(steps))


GROWN = 100_000
"""Bytes of a table, with the rows that are gone."""
_WRITTEN = text(
    "SELECT relname, pg_relation_size(pg_class.oid) FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid "
    "WHERE nspname = 'public' AND relname = ANY(:names) AND pg_relation_size(pg_class.oid) > 0"
)


def _put_back(own: Database) -> None:
    """The rows kept in the schema `kept`, into the empty tables of the same database."""
    steps = ["SET LOCAL session_replication_role = replica"]  # in any order of the tables
    for name, table in metadata.tables.items():
        steps.append(f"INSERT INTO {name} SELECT * FROM kept.{name}")
        if (numbered := table.autoincrement_column) is not None:
            last = f"SELECT max({numbered.name}) FROM {name}"
            steps.append(f"SELECT setval(pg_get_serial_sequence('{name}', '{numbered.name}'), ({last}))")
    with own.write() as tx:
        tx.exec_driver_sql("; ".join(steps))


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
    """The shipped configuration and the desk's plan on `database`, sending through `relay`.

    It sends one message after the other unless told otherwise.
    """
    environ = {
        "HLASATEL_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "HLASATEL_SMTP_URL": relay.url,
        "HLASATEL_DATA": str(folder / "data"),
        "HLASATEL_SECRET_KEY": KEY,
    }
    plan = write_desk_plan(ROOT / "schedules.yaml", folder)
    settings = load_settings(environ, plan=plan, config=CONFIG)
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
    link = _ask(database, folder)
    database.close()
    return file, link


@pytest.fixture(scope="session")
def kept_rows(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same as rows of the schema `kept` beside the tables of the tests' PostgreSQL database."""
    database = Database(migrated_url)
    _empty(database)
    with database.write() as tx:
        tx.execute(installation.insert().values(id=1, epoch=0))
    _ask(database, tmp_path_factory.mktemp("asked"))
    with database.write() as tx:
        tx.execute(text("CREATE SCHEMA kept"))
        for name in metadata.tables:
            tx.execute(text(f"CREATE TABLE kept.{name} AS TABLE {name}"))
    database.close()


def _ask(database: Database, folder: Path) -> str:
    with scripted_relay() as relay, no_files():
        link = asked(open_office(database, relay, folder))
    to_be_copied(database)
    return link


@pytest.fixture
def asked_office(asked_file: tuple[Path, str], tmp_path: Path, relay: ScriptedRelay) -> Iterator[Office]:
    """An office on a copy of that file, for tests to which the database makes no difference."""
    file = tmp_path / "asked.sqlite3"
    shutil.copyfile(asked_file[0], file)
    database = hasty(file)
    yield open_office(database, relay, tmp_path)
    database.close()


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphServer]:
    """The server of a page, whose token is in the environment."""
    monkeypatch.setenv("HLASATEL_FACEBOOK_TOKEN", TOKEN)
    with graph_server() as running:
        yield running


@pytest.fixture
def posting(office: Office, graph: GraphServer) -> Office:
    """The office with that page among its media."""
    return posting_to(office, graph)
