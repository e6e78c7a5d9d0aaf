"""When this database was last backed up, as the record has it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from worker.store.tables import events

MADE = "backup.made"


def last(tx: Connection) -> datetime | None:
    """When the last backup that this database knows of was taken; None when none was."""
    newest = select(events.c.at).where(events.c.kind == MADE).order_by(events.c.seq.desc()).limit(1)
    return tx.execute(newest).scalar()
