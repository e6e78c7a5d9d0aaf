"""Which copy of a database this is: two copies of one must never both send.

A copy that begins to work keeps a mark of the place it works at. One that finds itself elsewhere was copied or moved
there, one whose epoch is behind what was noted beside its file was overwritten by an older copy, and the file in a
backup is held from the beginning. Each is held until a person lets it go. What the marks cannot tell stands in ADR 29.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from worker.errors import HlasatelError
from worker.messages import say
from worker.store.database import Database, Use
from worker.store.tables import installation, this_copy

SET_IN_CONTAINER = "container"
"""systemd.io/CONTAINER_INTERFACE; Docker leaves a file instead."""
MACHINE = Path("/etc/machine-id")
IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))


class Held(StrEnum):
    """Why a copy may not work."""

    BACKUP = "backup"
    """It came out of a backup."""
    MOVED = "moved"
    """It is not where it last worked."""
    OLDER = "older"
    """A newer state of it has worked here."""


class CopyHeld(HlasatelError):
    """This copy may not work until a person lets it go; the message says how."""


def standing(tx: Connection) -> Row[Any] | None:
    """The row of `this_copy`; None before the first shift."""
    return tx.execute(select(this_copy)).first()


def is_held(tx: Connection) -> bool:
    """Whether nothing may leave this copy."""
    return bool(tx.execute(select(this_copy.c.held)).scalar())


def refusal(held: str) -> CopyHeld:
    """What is said wherever such a copy is asked to work."""
    return CopyHeld(say(f"copies.held_{held}"))


def new_id() -> str:
    """A name for a copy that no other has."""
    return secrets.token_hex(16)


def mark_of(database: Database, tx: Connection) -> str:
    """What tells the place of `database` from any other; empty for what has no place, or is to be thrown away."""
    if database.use is Use.TRIAL:
        return ""
    if not database.is_sqlite:
        return _of_server(database, tx)
    if database.file is None or not database.file.exists():
        return ""
    return " ".join(filter(None, (f"file:{database.file.stat().st_ino}", _machine())))


def same_place(known: str, present: str) -> bool:
    """Whether two marks speak of one place: what both of them name, one thing at least, is the same."""
    old, new = (dict(part.split(":", 1) for part in mark.split()) for mark in (known, present))
    both = old.keys() & new.keys()
    return bool(both) and all(old[name] == new[name] for name in both)


def went_back(database: Database, tx: Connection) -> bool:
    """Whether this very copy has worked here in a newer state: its file was overwritten by an older one."""
    row, noted, own = standing(tx), _noted(database), tx.execute(select(installation)).first()
    if noted is None or own is None or own.epoch >= noted[1]:
        return False
    if row is None:  # of an earlier version, that worked before what is noted; a new one begins afresh
        return own.first_start_at is not None
    return bool(row.copy_id == noted[0])


def adopt(database: Database, epoch: int) -> None:
    """Note where this copy works, unless that is known, and how far it has come. For the holder of the lock."""
    with database.read() as tx:
        mark, row = mark_of(database, tx), standing(tx)
    if not mark:
        return
    if row is None:
        values = {"id": 1, "copy_id": new_id(), "mark": mark, "held": ""}
        with database.write() as tx:
            tx.execute(insert(this_copy).values(values))
            row = standing(tx)
    assert row is not None
    note(database, row.copy_id, epoch)


def note(database: Database, copy_id: str, epoch: int) -> None:
    """Write beside the file how far this copy has come. It may be lost: then an older copy is not noticed by it."""
    if (file := _beside(database)) is not None:
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            draft.write_text(f"{copy_id} {epoch}\n", encoding="ascii")
            draft.replace(file)


def hold(tx: Connection, why: Held, **values: Any) -> None:
    """Let nothing leave this copy; `values` are further columns."""
    if standing(tx) is None:
        tx.execute(insert(this_copy).values(id=1, copy_id=new_id(), mark="", held=""))
    tx.execute(update(this_copy).values(held=why, **values))


def let_go(tx: Connection, database: Database) -> str:
    """This copy works, here, from now on; its new id."""
    tx.execute(delete(this_copy))
    values = {"id": 1, "copy_id": new_id(), "mark": mark_of(database, tx), "held": ""}
    tx.execute(insert(this_copy).values(values))
    return str(values["copy_id"])


def _noted(database: Database) -> tuple[str, int] | None:
    if (file := _beside(database)) is None:
        return None
    try:
        copy_id, epoch = file.read_text(encoding="ascii").split()
        return copy_id, int(epoch)
    except (OSError, ValueError):
        return None


def _beside(database: Database) -> Path | None:
    if database.file is None or database.use is Use.TRIAL:
        return None
    return database.file.with_name(database.file.name + ".epoch")


def _machine() -> str:
    """A name for this machine; empty in a container, whose image may bring an id, or another one with each build."""
    if os.environ.get(SET_IN_CONTAINER) or any(each.exists() for each in IN_CONTAINER):
        return ""
    with suppress(OSError):
        if found := MACHINE.read_bytes().strip():
            # machine-id(5): not to be told to anybody as it is.
            return "machine:" + hashlib.sha256(b"hlasatel machine\0" + found).hexdigest()[:16]
    return ""


_OWN = "SELECT oid::text FROM pg_database WHERE datname = current_database()"
_CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"


def _of_server(database: Database, tx: Connection) -> str:
    """The database's number in its cluster, and the cluster's where one may ask for it."""
    own = f"database:{tx.execute(text(_OWN)).scalar_one()}"
    try:
        with tx.begin_nested():
            return f"{own} cluster:{tx.execute(text(_CLUSTER)).scalar_one()}"
    except DatabaseError:
        return own
