"""The lock of the one who works: it dies with its process, so nobody ever has to remove a stale file.

On SQLite it is an operating-system lock on a file beside the database, on PostgreSQL an advisory lock held by a
session of its own. Whoever gets it counts the epoch up by one and takes over the slices that others held under it, so a
worker that does not know yet that its lock is gone can begin nothing new.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from worker.errors import HlasatelError
from worker.messages import say
from worker.store import tables
from worker.store.database import Database

ADVISORY_KEY = 4_812_002


class Locked(HlasatelError):
    """Somebody else holds the lock; the message says who."""


@dataclass(frozen=True)
class HeldLock:
    """The lock as its holder has it. `check` raises when it has been lost (PostgreSQL was restarted)."""

    epoch: int
    check: Callable[[], None]

    def is_current(self, tx: Connection) -> bool:
        """Whether nobody has taken it since; nobody can until `tx` ends, so that a ghost begins nothing new."""
        return bool(tx.execute(select(tables.installation.c.epoch).with_for_update(read=True)).scalar() == self.epoch)


@contextmanager
def worker_lock(database: Database, holder: str) -> Iterator[HeldLock]:
    """Hold the lock for the block under a new epoch. Raises Locked when another process has it."""
    with alone(database, holder) as check:
        with database.write() as tx:
            epoch = tx.execute(
                update(tables.installation)
                .values(epoch=tables.installation.c.epoch + 1)
                .returning(tables.installation.c.epoch)
            ).scalar_one()
        yield HeldLock(epoch, check)


@contextmanager
def alone(database: Database, holder: str) -> Iterator[Callable[[], None]]:
    """Keep workers out for the block without being one; the database need not be there yet. Raises Locked."""
    with _file_lock(database.file, holder) if database.file else _advisory_lock(database, holder) as check:
        yield check


@contextmanager
def _file_lock(database: Path, holder: str) -> Iterator[Callable[[], None]]:
    path = database.with_name(database.name + ".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
            raise Locked(say("store.locked", holder=other or path.name)) from None
        with suppress(OSError):  # a full disk: whoever is kept out then reads no name, but is kept out
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, holder.encode(), 0)
        yield lambda: None  # the system takes a file's lock away from nobody who lives
    finally:
        os.close(descriptor)


@contextmanager
def _advisory_lock(database: Database, holder: str) -> Iterator[Callable[[], None]]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        if not session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}).scalar_one():
            other = session.execute(
                text(
                    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
                    " WHERE l.locktype = 'advisory' AND l.objid = :key AND l.granted"
                ),
                {"key": ADVISORY_KEY},
            ).scalar()
            raise Locked(say("store.locked", holder=other or "PostgreSQL"))
        session.execute(text("SELECT set_config('application_name', :holder, false)"), {"holder": holder[:63]})
        try:
            yield lambda: session.execute(text("SELECT 1")).close()
        finally:
            # Unlocked in so many words, because a server frees a closed session's lock a moment later only. A session
            # that is gone has freed it already; no session goes back into the pool, where it might still hold it.
            with suppress(SQLAlchemyError):
                session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
            session.invalidate()
