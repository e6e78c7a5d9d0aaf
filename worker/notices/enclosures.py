"""Files of a notice itself: kept when it is queued, as what they tell may be another thing when it leaves."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from worker.drafting.files import File
from worker.store.tables import notice_files, notices

FORM = "enclosed"
"""What the form of such a file is called; no module of `worker/forms` makes it."""


def add(tx: Connection, key: str, files: Iterable[File]) -> None:
    """Give the notice that was queued with `key` its files, in the transaction that queued it."""
    notice_id = tx.execute(select(notices.c.id).where(notices.c.key == key)).scalar_one()
    for file in files:
        tx.execute(
            notice_files.insert().values(
                notice_id=notice_id, name=file.name, media_type=file.media_type, content=file.content
            )
        )


def of_notice(tx: Connection, notice_id: int) -> tuple[File, ...]:
    """Its files by name; none for most."""
    found = select(notice_files).where(notice_files.c.notice_id == notice_id).order_by(notice_files.c.name)
    return tuple(File(row.name, FORM, row.media_type, "attached", row.content) for row in tx.execute(found))
