"""Sends a copy of each mailing to the office's own address, before the first recipients get theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.delivery import canary
from worker.errors import HlasatelError
from worker.jobs.base import Job, Letter, Shift, post
from worker.store.tables import mailings


class SendCanaries(Job):
    """Canary `queued` → `sent`, back to `queued` with a delay, or `failed`."""

    order = 49  # before the deliveries of the same mailing

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office, wanted = shift.office, shift.office.settings.canary
        if wanted is None or shift.relay_trouble:
            return False
        with office.database.read() as tx:
            mailing_id, waiting = canary.without(tx, now), canary.OUTBOX.next_due(tx, now)
        if mailing_id is not None:
            with office.database.write() as tx:
                canary.put(tx, mailing_id, now)
            return True
        if waiting is None:
            return False
        flight = self._made(shift, waiting, wanted.address, now)
        if flight is not None:
            letter = Letter(flight.sender, flight.recipient, flight.data)
            post(shift, canary.OUTBOX, waiting, letter, now, sent=_nobody, lost=_nobody)
        return True

    def _made(self, shift: Shift, waiting: Row[Any], address: str, now: datetime) -> canary.Flight | None:
        """The message with its intent committed; None when it cannot be made, and then it is set aside."""
        office = shift.office
        with office.database.read() as tx:
            mailing = tx.execute(select(mailings).where(mailings.c.id == waiting.mailing_id)).one()
        try:
            flight = canary.flight(office, mailing, address)
            known_as = canary.message_id(office, mailing)
        except HlasatelError as error:
            with office.database.write() as tx:
                canary.OUTBOX.unmakeable(tx, waiting.id, now, str(error))
            return None
        with office.database.write() as tx:
            return flight if canary.OUTBOX.begin(tx, waiting.id, known_as) else None


def _nobody(tx: Connection, why: str = "") -> None:
    """Nobody is told by this: what does not arrive is an alert of its own."""
