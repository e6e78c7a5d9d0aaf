"""Looks at what Hlasatel runs on, and says what is as it should be, what is to be known, and what keeps it from work.

It writes nothing, sends nothing, and makes or migrates no database. It asks the DNS about our senders, and greets the
relay.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.exc import DatabaseError

from worker.delivery import trial
from worker.errors import HlasatelError
from worker.forms.printing import sets_type
from worker.messages import say
from worker.record.backups import last
from worker.settings import Settings, check_config, load_people, refuse_sample_addresses
from worker.settings.environment import read_by_everybody
from worker.store import copies
from worker.store.database import SCHEMA, Database, Use, wal_is_safe
from worker.times import format_instant
from worker.upkeep.copies import why_held
from worker.upkeep.findings import Finding, Level
from worker.upkeep.outgoing import examine as outgoing


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Every check's finding, in a fixed order; `now` is aware. Raises nothing for what it finds."""
    found = [finding for check in _CHECKS for finding in check(settings)]
    return [*found, *outgoing.examine(settings, now)]


def _builder(settings: Settings) -> Iterator[Finding]:
    try:
        trial.refuse_to_run()
    except HlasatelError as error:
        yield Finding("builder", Level.FAULT, str(error))
    else:
        yield Finding("builder", Level.OK, say("doctor.builder", count=len(trial.CASES)))


def _python(settings: Settings) -> Iterator[Finding]:
    """What the `email` package would do if we left messages to it."""
    version, forged = platform.python_version(), trial.forged(trial.by_python)
    if forged:
        text = say("doctor.python_forges", version=version, count=len(forged), cases=len(trial.CASES))
        yield Finding("python", Level.NOTE, text)
    else:
        yield Finding("python", Level.OK, say("doctor.python_sound", version=version))


def _config(settings: Settings) -> Iterator[Finding]:
    faults = check_config(settings)
    if faults:
        yield Finding("config", Level.FAULT, say("doctor.config_faulty", count=len(faults)))
        return
    yield Finding("config", Level.OK, say("doctor.config_sound", folder=settings.config))
    try:
        refuse_sample_addresses(settings, load_people(settings.config))
    except HlasatelError as error:
        yield Finding("addresses", Level.FAULT, str(error))


def _sqlite(settings: Settings) -> Iterator[Finding]:
    if not Database(settings.database_url, Use.LOOK).is_sqlite:
        return
    version = sqlite3.sqlite_version
    key = "sqlite_wal" if wal_is_safe(sqlite3.sqlite_version_info) else "sqlite_rollback"
    yield Finding("sqlite", Level.OK, say(f"doctor.{key}", version=version))


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url, Use.LOOK)
    place = database.place() if database.file is None else str(database.file)
    if database.file is not None and not database.file.exists():
        yield Finding("database", Level.NOTE, say("doctor.database_none", place=place))
        return
    try:
        schema = database.schema()
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
        yield Finding("database", Level.FAULT, say("store.unreachable", place=place, why=why))
        return
    finally:
        database.close()
    if schema == SCHEMA:
        yield Finding("database", Level.OK, say("doctor.database_current", place=place))
    elif schema is None or schema < SCHEMA:
        yield Finding("database", Level.NOTE, say("doctor.database_older", place=place))
    else:
        yield Finding("database", Level.FAULT, say("store.newer_schema", place=place, schema=schema))


def _copy(settings: Settings) -> Iterator[Finding]:
    """Whether this copy of the database may work, and how old its last backup is."""
    database = Database(settings.database_url, Use.LOOK)
    if database.file is not None and not database.file.exists():
        return
    try:
        if database.schema() != SCHEMA:
            return
        with database.read() as tx:
            held, taken = why_held(database, tx), last(tx)
    except DatabaseError:  # `_database` says so
        return
    finally:
        database.close()
    if held is not None:
        yield Finding("copy", Level.FAULT, str(copies.refusal(held)))
    if taken is None:
        yield Finding("backup", Level.NOTE, say("doctor.backup_none"))
    else:
        at = format_instant(taken, form="at")
        yield Finding("backup", Level.OK, say("doctor.backup_last", at=at))


def _secrets(settings: Settings) -> Iterator[Finding]:
    for file in read_by_everybody(os.environ):
        yield Finding("secrets", Level.NOTE, say("doctor.secret_open", path=file))


def _type(settings: Settings) -> Iterator[Finding]:
    """Without Pango drafts lack their PDFs; everything else goes on."""
    if sets_type():
        yield Finding("type", Level.OK, say("doctor.type_set"))
    else:
        yield Finding("type", Level.NOTE, say("doctor.type_missing"))


_CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _builder,
    _python,
    _config,
    _secrets,
    _sqlite,
    _database,
    _copy,
    _type,
)
