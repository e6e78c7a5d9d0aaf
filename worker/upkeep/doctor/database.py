"""The database: its library or server, its schema, whether it may work, its backup, its soundness and its clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from worker.messages import say
from worker.record.backups import last
from worker.store import copies
from worker.store.database import SCHEMA, wal_is_safe
from worker.times import format_instant
from worker.upkeep.copies import why_held
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level
from worker.watch.alerts.clock_moved import MOST
from worker.watch.disk import database_bytes

SMALL = 300_000_000
"""Bytes of a database that is read through every time; a larger one with `--deep`."""


def _sqlite(about: Examined) -> Iterator[Finding]:
    if not about.database.is_sqlite:
        return
    version = sqlite3.sqlite_version
    key = "sqlite_wal" if wal_is_safe(sqlite3.sqlite_version_info) else "sqlite_rollback"
    yield Finding("sqlite", Level.OK, say(f"doctor.{key}", version=version))


def _schema(about: Examined) -> Iterator[Finding]:
    place, schema = about.place, about.schema
    if about.why:
        yield Finding("database", Level.FAULT, say("store.unreachable", place=place, why=about.why))
    elif about.file is not None and not about.file.exists():
        yield Finding("database", Level.NOTE, say("doctor.database_none", place=place))
    elif schema == SCHEMA:
        yield Finding("database", Level.OK, say("doctor.database_current", place=place))
    elif schema is None or schema < SCHEMA:
        yield Finding("database", Level.NOTE, say("doctor.database_older", place=place))
    else:
        yield Finding("database", Level.FAULT, say("store.newer_schema", place=place, schema=schema))


def _soundness(about: Examined) -> Iterator[Finding]:
    """Of SQLite also whether the file is sound (https://www.sqlite.org/pragma.html#pragma_quick_check)."""
    if not about.is_readable:
        return
    with about.database.read() as tx:
        size = database_bytes(tx)
        megabytes = max(size // 1_000_000, 1)
        if not about.database.is_sqlite:
            version = tx.execute(text("SHOW server_version")).scalar_one()
            yield Finding("server", Level.OK, say("doctor.server", version=version, size=megabytes))
            return
        if size > SMALL and not about.deep:
            yield Finding("sound", Level.NOTE, say("doctor.sound_large", size=megabytes))
            return
        try:
            told = tx.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        except DatabaseError as error:
            told = str(error.orig)
    key, level = ("sound", Level.OK) if told == "ok" else ("sound_broken", Level.FAULT)
    yield Finding("sound", level, say(f"doctor.{key}", size=megabytes, why=str(told).strip().splitlines()[0]))


def _clock(about: Examined) -> Iterator[Finding]:
    """Against the server's; on SQLite there is no other clock than this machine's."""
    if not about.is_readable or about.database.is_sqlite:
        return
    with about.database.read() as tx:
        server: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(server - about.now)
    key, level = ("clock_apart", Level.NOTE) if apart > MOST else ("clock", Level.OK)
    yield Finding("clock", level, say(f"doctor.{key}", seconds=round(apart / timedelta(seconds=1))))


def _copy(about: Examined) -> Iterator[Finding]:
    """Whether this copy of the database may work, and how old its last backup is."""
    if not about.is_readable:
        return
    with about.database.read() as tx:
        held, taken = why_held(about.database, tx), last(tx)
    if held is not None:
        yield Finding("copy", Level.FAULT, str(copies.refusal(held)))
    if taken is None:
        yield Finding("backup", Level.NOTE, say("doctor.backup_none"))
        return
    old = abs(about.now - taken) > timedelta(days=about.settings.alerts.backup_days)
    key, level = ("backup_old", Level.NOTE) if old else ("backup_last", Level.OK)
    yield Finding("backup", level, say(f"doctor.{key}", at=format_instant(taken, form="at")))


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_sqlite, _schema, _copy, _soundness, _clock)
