"""One way to the database: short transactions that never span the network.

SQLite takes its write lock at the start of a writing transaction (a deferred one that upgrades fails at once whatever
the time-out). Before 3.51.3 (and the fixes 3.50.7, 3.44.6) SQLite can corrupt a WAL file with two connections, so
those versions run with the rollback journal. It is kept from commit to commit (`PERSIST`) and ends one by zeroing its
header, which FULL syncs; one that is deleted instead takes a sync of its folder besides (EXTRA).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from worker.errors import HlasatelError
from worker.messages import say
from worker.store.columns import read_json

SCHEMA = "0008"
"""The newest migration; a test holds it against the migrations themselves."""

BUSY_SECONDS = 60
CONNECT_SECONDS = 10
"""For a server to answer at all, unless its URL says otherwise (`connect_timeout`)."""

# Whoever stands still in a transaction loses it before a slice's lease is over, and with it the rows it locked; a
# machine that is gone without a word is noticed within 25 seconds, and with its session goes the lock it had.
SESSION = """
SELECT set_config('idle_in_transaction_session_timeout', '25s', false),
       set_config('tcp_keepalives_idle', '10', false),
       set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false)
"""
"""What every session of ours asks of the PostgreSQL server when it begins."""


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset fix of 3.51.3, 3.50.7 or 3.44.6."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Use(Enum):
    """What a database is opened for."""

    WORK = "work"
    TRIAL = "trial"
    """To be thrown away: what is written may be lost in a crash, so nothing waits for the disk."""
    LOOK = "look"
    """To be read alone: nothing is created, written or migrated, and on SQLite no file appears beside it."""


class Database:
    """The engine, brought to the current schema. `write` and `read` are the only ways in."""

    def __init__(self, url: str, use: Use = Use.WORK) -> None:
        self.use = use
        try:
            self.url: URL = make_url(url)
            if self.url.drivername in ("postgres", "postgresql"):
                self.url = self.url.set(drivername="postgresql+psycopg")
            if "@" in (self.url.host or ""):  # the end of a password that is not written as a URL wants it
                raise ValueError
            self.is_sqlite = self.url.get_backend_name() == "sqlite"
            self.engine = _sqlite(self.url, use) if self.is_sqlite else _postgresql(self.url, use)
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
        from worker.store import before
        from worker.store.migrate import refuse_newer, upgrade  # alembic takes a third of a second to import

        refuse_newer(self, current)
        if current is not None and self.file is not None and self.use is Use.WORK:
            before.keep(self)
        upgrade(self, current)

    def schema(self) -> str | None:
        """The migration the database stands at; None when it is empty."""
        with self.read() as tx:
            if not self.engine.dialect.has_table(tx, "alembic_version"):
                return None
            return tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def place(self) -> str:
        """Where the database is, without its password, which may stand among the URL's parameters as well."""
        return self.url.set(query={}).render_as_string(hide_password=True)


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0]


def _postgresql(url: URL, use: Use) -> Engine:
    # Parameters hold addresses, which must not come into an error or a log (I9).
    options = {"postgresql_readonly": True} if use is Use.LOOK else {}
    # A server behind a wall that swallows everything would keep every command waiting for two minutes and more.
    given = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, json_deserializer=read_json, execution_options=options,
        connect_args=given,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(SESSION)
        connection.commit()

    return engine


def _sqlite(url: URL, use: Use) -> Engine:
    if use is Use.LOOK and url.database:
        engine = _sqlite_to_look_at(Path(url.database))
    else:
        engine = _sqlite_to_work_with(url, use)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _sqlite_to_work_with(url: URL, use: Use) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        json_deserializer=read_json,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    journal = ("WAL", "FULL") if wal_is_safe(sqlite3.sqlite_version_info) else ("PERSIST", "FULL")
    if use is Use.TRIAL:
        journal = ("MEMORY", "OFF")

    @event.listens_for(engine, "do_connect")
    def make(*_: Any) -> None:
        # SQLite would make it as the umask says, in a folder that somebody else may have made for all to enter.
        if url.database:
            with suppress(OSError):  # it is there, or SQLite says what is wrong with the place
                os.close(os.open(url.database, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA journal_mode={journal[0]}")
        connection.execute(f"PRAGMA synchronous={journal[1]}")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _sqlite_to_look_at(file: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # Who reads a WAL file that nobody has open would leave an empty -wal and -shm behind, with nothing in them.
        alone = _is_wal(file) and not file.with_name(f"{file.name}-wal").exists()
        where = f"file:{quote(str(file))}?mode=ro" + ("&immutable=1" if alone else "")
        return sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS, isolation_level=None)

    return create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True, json_deserializer=read_json
    )


def _is_wal(file: Path) -> bool:
    """Whether the file's header says so (https://www.sqlite.org/fileformat.html, offset 19); False without a file."""
    try:
        with file.open("rb") as content:
            return content.read(20)[19:] == b"\x02"
    except OSError:
        return False
