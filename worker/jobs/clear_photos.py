"""Deletes photos of people whose consent is over, from among those for the press and from what was sent in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from worker.archive import kit
from worker.contributions import clearing
from worker.jobs.base import Job, Shift
from worker.store.tables import consents
from worker.times import local_day, local_instant


class ClearPhotos(Job):
    """Changes no state; a photo's address answers as it has since the consent ended, and its bytes are gone."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            shown, sent = kit.ended(tx, now), clearing.ended(tx, now)
        if shown is None and sent is None:
            return False
        with database.write() as tx:
            if shown is not None:
                kit.end(tx, shown, now)
            if sent is not None:
                clearing.clear(tx, sent, now)
        return True

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            last: date | None = tx.execute(
                select(func.min(consents.c.until)).where(consents.c.until >= local_day(now))
            ).scalar()
        return local_instant(last + timedelta(days=1), time(0)) if last is not None else None
