"""Gives up on recipients whose server has put us off for longer than the settings allow."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from worker.delivery import ledger
from worker.jobs.base import Job, Shift
from worker.store.states import MailingState
from worker.store.tables import mailings


class GiveUpRetries(Job):
    """Delivery `retry` → `expired`, in mailings that go on: what stands still for another reason is not given up."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        after = timedelta(days=shift.office.settings.delivery.give_up_after_days)
        with shift.office.database.write() as tx:
            running = tx.execute(select(mailings.c.id).where(mailings.c.state == MailingState.SENDING)).scalars().all()
            return sum(ledger.expire(tx, mailing_id, now, after) for mailing_id in running) > 0
