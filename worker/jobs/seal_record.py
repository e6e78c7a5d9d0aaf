"""Seals the record every thirty days and mails the seal to the coordinator, so that one lies where no database reaches.

With it anybody can prove later that nothing of what was recorded until then was changed or cut off (`record verify
--against`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.record import seals
from worker.store.database import Use
from worker.store.tables import notices
from worker.times import format_day, local_day

EVERY = timedelta(days=30)
KIND = "record_sealed"


class SealRecord(Job):
    """Changes no state. A rehearsal's record is thrown away, so it is not sealed."""

    order = 95
    turn = 1

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office
        if office.database.use is Use.TRIAL:
            return False
        with office.database.read() as tx:
            if not _is_due(tx, now):
                return False
        with office.database.write() as tx:
            made = seals.head(tx)
            if made is None:
                return False
            seals.keep(tx, made, now)
            queue.put(
                tx, f"record-sealed/{made.seq}", KIND, office.settings.coordinator, now, seal=str(made),
                number=made.seq, day=format_day(local_day(now)),
            )  # fmt: skip
        return True


def _is_due(tx: Connection, now: datetime) -> bool:
    """Whether the last mailed seal, or the first line, is old enough and something was recorded since.

    A seal that somebody made by a command lies with her; the coordinator's mails come all the same.
    """
    made = seals.head(tx)
    if made is None:
        return False
    mailed = select(notices.c.created_at, notices.c.data).where(notices.c.kind == KIND)
    last = tx.execute(mailed.order_by(notices.c.id.desc()).limit(1)).first()
    if last is None:
        began = seals.began_at(tx)
        return began is not None and began <= now - EVERY
    # abs(): a seal that was mailed by a clock far ahead is none of the last thirty days.
    return bool(last.data["number"] < made.seq and abs(now - last.created_at) >= EVERY)
