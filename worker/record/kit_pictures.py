"""The photo of an occurrence's press kit that a text names as its picture."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.record import consents
from worker.store.tables import kit_photos


def named(tx: Connection, occurrence_id: str, name: str, on: date, added_by: datetime | None = None) -> Row[Any] | None:
    """The photo of this name, if it may be shown on the day `on`; with `added_by` if it was there by then.

    Two of one name are none: nobody could tell which of them was approved.
    """
    row = kit_photos.c
    wanted = [row.occurrence_id == occurrence_id, row.name == name]
    if added_by is not None:
        wanted.append(row.added_at <= added_by)
    found = tx.execute(select(kit_photos).where(*wanted).limit(2)).all()
    if len(found) != 1 or found[0].removed_at is not None:
        return None
    noted = {each.id: each for each in consents.of_occurrence(tx, occurrence_id)}
    counts = all(each in noted and noted[each].counts_on(on) for each in found[0].consents)
    return found[0] if counts else None
