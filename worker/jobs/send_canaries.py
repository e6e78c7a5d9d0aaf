"""Sends a copy of each mailing to the office's own address, before the first recipients get theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.delivery import canary
from worker.jobs.base import Job, Shift
from worker.jobs.posting import Letter, made, post
from worker.office import Office
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
        letter = made(
            lambda: _letter(office, waiting, wanted.address), lambda why: _set_aside(office, waiting, now, why)
        )
        if letter is not None:
            post(shift, canary.OUTBOX, waiting, letter, now, sent=_nobody, lost=_nobody)
        return True


def _letter(office: Office, waiting: Row[Any], address: str) -> Letter | None:
    """The message with its intent committed; None when it is under way already."""
    with office.database.read() as tx:
        mailing = tx.execute(select(mailings).where(mailings.c.id == waiting.mailing_id)).one()
    flight, known_as = canary.flight(office, mailing, address), canary.message_id(office, mailing)
    with office.database.write() as tx:
        begun = canary.OUTBOX.begin(tx, waiting.id, known_as)
    return Letter(flight.sender, flight.recipient, flight.data) if begun else None


def _set_aside(office: Office, waiting: Row[Any], now: datetime, why: str) -> None:
    with office.database.write() as tx:
        canary.OUTBOX.unmakeable(tx, waiting.id, now, why)


def _nobody(tx: Connection, why: str = "") -> None:
    """Nobody is told by this: what does not arrive is an alert of its own."""
