"""Where our own rows are while we are measured: an SQLite file or a private PostgreSQL, durable as in earnest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text

from bench.usage import cpu_of
from tests.fixtures.copied import to_be_copied
from tests.fixtures.postgres import Cluster, PostgresServer, find_postgres_programs
from worker.store.database import Database


class Store(Protocol):
    """A sort of database. A URL that it gave is good until the block ends."""

    name: str

    def new(self, template: str | None = None) -> str:
        """The URL of a database, empty or as the one at the URL `template` stands; that must be open nowhere."""

    def drop(self, url: str) -> None:
        """Take it away again."""

    def rest(self, url: str) -> None:
        """Have everything written to the disk, so that what is measured next pays for nothing that came before."""

    def cpu(self) -> float:
        """CPU seconds that its server has used; 0 where there is none."""


@dataclass
class SqliteStore:
    """Files in a folder of their own."""

    folder: Path
    name: str = "SQLite"
    _count: int = 0

    def new(self, template: str | None = None) -> str:
        self._count += 1
        file = self.folder / f"{self._count}" / "hlasatel.sqlite3"
        file.parent.mkdir()
        if template is not None:
            shutil.copyfile(_file(template), file)
            _own(f"sqlite:///{file}")
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        shutil.rmtree(_file(url).parent)

    def rest(self, url: str) -> None:
        file = os.open(_file(url), os.O_RDONLY)
        os.fsync(file)
        os.close(file)

    def cpu(self) -> float:
        return 0.0


@dataclass
class PostgresStore:
    """Databases of one server that waits for the disk."""

    server: PostgresServer
    postmaster: int
    name: str = "PostgreSQL"

    def new(self, template: str | None = None) -> str:
        url = self.server.create_database(_name(template) if template else "template0")[1]
        if template is not None:
            _own(url)
        return url

    def drop(self, url: str) -> None:
        self.server.drop_database(_name(url))

    def rest(self, url: str) -> None:
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text("CHECKPOINT"))
        engine.dispose()

    def cpu(self) -> float:
        return cpu_of(self.postmaster)


def _own(url: str) -> None:
    """A copy of a template works as a database of its own."""
    database = Database(url)
    to_be_copied(database)
    database.close()


SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB"}
"""What anybody who sends a million at once gives the server; everything that durability hangs on is as it comes."""


@contextmanager
def sqlite_store(folder: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        yield SqliteStore(Path(own))


@contextmanager
def postgres_store(settings: Mapping[str, str]) -> Iterator[Store]:
    cluster = Cluster(find_postgres_programs(), settings)
    try:
        server = cluster.start()
        postmaster = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
        yield PostgresStore(server, postmaster)
    finally:
        cluster.remove()


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _name(url: str) -> str:
    return make_url(url).database or ""
