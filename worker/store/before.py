"""A copy of an SQLite database before it is migrated, beside it: what somebody goes back to.

PostgreSQL migrates in one transaction and is backed up by its own means. The copy holds people's data, so it goes when
somebody is erased, and after a month.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say
from worker.store.database import SCHEMA, Database

KEPT = timedelta(days=30)
_ENDING = ".before-"


def keep(database: Database) -> None:
    """Copy the database before it becomes SCHEMA; earlier such copies go. HlasatelError where there is no space."""
    file = database.file
    assert file is not None, "only a file is copied"
    size, free = file.stat().st_size, shutil.disk_usage(file.parent).free
    if free < 2 * size:  # migrating rewrites tables, so as much is needed once more
        raise HlasatelError(say("store.no_space_to_migrate", place=file, free=free >> 20, needed=(2 * size >> 20) + 1))
    kept = file.with_name(f"{file.name}{_ENDING}{SCHEMA}")
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
        draft.replace(kept)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise HlasatelError(say("store.not_copied_before", place=file, why=str(error))) from None
    for each in _kept(file):
        if each != kept:
            each.unlink(missing_ok=True)


def forget(database: Database, now: datetime | None = None) -> None:
    """Remove such copies: those older than KEPT at `now`, or all."""
    for each in _kept(database.file) if database.file is not None else ():
        if now is None or each.stat().st_mtime < (now - KEPT).timestamp():
            each.unlink(missing_ok=True)


def _kept(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}{_ENDING}*"))
