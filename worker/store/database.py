"""One way to the database: short transactions that never span the network.

SQLite takes its write lock at the start of a writing transaction (a deferred one that upgrades fails at once whatever
the time-out). Before 3.51.3 (and the fixes 3.50.7, 3.44.6) SQLite can corrupt a WAL file with two connections, so
those versions run with the rollback journal and `synchronous=EXTRA`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from worker.errors import HlasatelError
from worker.messages import say

SCHEMA = "0002"
"""The newest migration; a test holds it against the migrations themselves."""

BUSY_SECONDS = 60


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset fix of 3.51.3, 3.50.7 or 3.44.6."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Database:
    """The engine, brought to the current schema. `write` and `read` are the only ways in."""

    def __init__(self, url: str) -> None:
        try:
            self.url: URL = make_url(url)
            if self.url.drivername in ("postgres", "postgresql"):
                self.url = self.url.set(drivername="postgresql+psycopg")
            self.is_sqlite = self.url.get_backend_name() == "sqlite"
            self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
            raise HlasatelError(say("store.bad_url")) from None  # the URL may hold a password and is not repeated
        except OSError as error:
            raise HlasatelError(say("store.no_folder", why=error.strerror)) from None

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block ends and is undone when it raises."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    def bring_up_to_date(self) -> None:
        """Create or migrate the schema; HlasatelError when it is newer than this program or cannot be reached."""
        try:
            current = self.schema()
        except DatabaseError as error:
            raise HlasatelError(say("store.unreachable", place=self.place(), why=_first_line(error))) from error
        if current == SCHEMA:
            return
        from worker.store.migrate import upgrade  # alembic takes a third of a second to import; rarely needed

        upgrade(self, current)

    def schema(self) -> str | None:
        """The migration the database stands at; None when it is empty."""
        with self.read() as tx:
            if not self.engine.dialect.has_table(tx, "alembic_version"):
                return None
            return tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def place(self) -> str:
        """Where the database is, without its password."""
        return self.url.render_as_string(hide_password=True)


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0]


def _postgresql(url: URL) -> Engine:
    # Parameters hold addresses, which must not come into an error or a log (I9).
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    journal = ("WAL", "FULL") if wal_is_safe(sqlite3.sqlite_version_info) else ("DELETE", "EXTRA")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute(f"PRAGMA journal_mode={journal[0]}")
        connection.execute(f"PRAGMA synchronous={journal[1]}")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
