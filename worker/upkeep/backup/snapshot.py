"""The database of a working office as one SQLite file, of one moment, however much is written meanwhile.

SQLite copies itself page by page in one step (its online backup): who writes waits for as long as that takes, a second
for half a gigabyte. Of PostgreSQL all rows are read in one REPEATABLE READ transaction, which keeps nobody waiting.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.store import copies
from worker.store.copies import Held
from worker.store.database import SCHEMA, Database, Use
from worker.store.tables import events
from worker.upkeep.backup.rows import carry


@dataclass(frozen=True)
class Snapshot:
    """What was copied. `copy_id` is empty of a database that never worked or is older than such names."""

    schema: str
    copy_id: str
    events: int
    head: str


def take(database: Database, file: Path, taken_at: datetime) -> Snapshot:
    """Copy the database into the new `file`, held: no worker that finds it somewhere sends from it.

    HlasatelError when there is no database, when one on a server is older than this program, or the copy is not whole.
    """
    schema = database.schema()
    if schema is None:
        raise HlasatelError(say("backup.empty", place=database.place()))
    if database.is_sqlite:
        _copy_file(database, file)
    else:
        if schema != SCHEMA:
            raise HlasatelError(say("backup.older_server", schema=schema, known=SCHEMA))
        _copy_rows(database, file)
    return _finished(file, taken_at)


def _copy_file(database: Database, file: Path) -> None:
    connection = database.engine.raw_connection()
    try:
        with closing(sqlite3.connect(file)) as target:
            driver = connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(target)
    except (sqlite3.Error, OSError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        raise HlasatelError(say("backup.not_copied", why=why)) from None
    finally:
        connection.close()


def _copy_rows(database: Database, file: Path) -> None:
    target = Database(f"sqlite:///{file}", Use.TRIAL)
    try:
        target.bring_up_to_date()
        level = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            database.engine.connect().execution_options(**level) as source,
            source.begin(),
            target.write() as into,
        ):
            carry(source, into)
    finally:
        target.close()


def _finished(file: Path, taken_at: datetime) -> Snapshot:
    """Hold the copy, look whether it is whole, and say what it is."""
    with closing(sqlite3.connect(file, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE").fetchall()
    copy = Database(f"sqlite:///{file}", Use.TRIAL)
    try:
        schema = copy.schema() or ""
        copy_id = ""
        if schema == SCHEMA:
            with copy.write() as tx:
                row = copies.standing(tx)
                copy_id = row.copy_id if row is not None else ""
                copies.hold(tx, Held.BACKUP, mark="", held_at=taken_at, as_of=taken_at)
        with copy.read() as tx:
            damage = tx.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            last = tx.execute(select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)).first()
    finally:
        copy.close()
    if damage != ["ok"]:
        raise HlasatelError(say("backup.damaged", why=damage[0]))
    return Snapshot(schema, copy_id, last.seq if last else 0, last.hash if last else "")
