"""What is examined: the settings, the files and the database as far as they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from worker.errors import HlasatelError
from worker.office import TEMPLATES, Office
from worker.settings import (
    Settings,
    load_elections,
    load_feeds,
    load_lists,
    load_media,
    load_people,
    load_projects,
)
from worker.store.database import SCHEMA, Database, Use
from worker.template_folder import OWN, TemplateFolder


@dataclass(frozen=True)
class Examined:
    """`why` says why the database cannot be reached, `schema` is None without one.

    `office` is None while the configuration has faults; what it is on is `database`, which may only be looked at.
    """

    settings: Settings
    now: datetime
    deep: bool
    database: Database
    schema: str | None
    why: str
    office: Office | None

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self.database.file) if self.database.file is not None else None

    @property
    def place(self) -> str:
        """Where the database is, without its password."""
        return self.database.place() if self.file is None else str(self.file)

    @property
    def is_readable(self) -> bool:
        """Whether there is a database of this program's own schema."""
        return not self.why and self.schema == SCHEMA


@contextmanager
def examined(settings: Settings, now: datetime, *, deep: bool = False) -> Iterator[Examined]:
    """Everything that can be read of an office, to be looked at."""
    database = Database(settings.database_url, Use.LOOK)
    schema, why = None, ""
    try:
        if database.file is None or database.file.exists():
            schema = database.schema()
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
    try:
        yield Examined(settings, now, deep, database, schema, why, _office(settings, database))
    finally:
        database.close()


def _office(settings: Settings, database: Database) -> Office | None:
    folder = settings.config
    try:
        return Office(
            settings, load_people(folder), load_lists(folder), settings.relay, database, load_elections(folder),
            load_projects(folder), TemplateFolder(TEMPLATES, folder / OWN), feeds=load_feeds(folder),
            media=load_media(folder),
        )  # fmt: skip
    except HlasatelError:
        return None
