"""Sends the mails to recipients about their own place on the lists, oldest first."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.audience.mails import OUTBOX
from worker.jobs.base import Job, Shift
from worker.jobs.posting import Letter, made, post
from worker.office import Office

log = logging.getLogger("hlasatel.mails")


class SendRecipientMails(Job):
    """Mail `queued` → `sent`, back to `queued` with a delay, `failed`, or `withdrawn` when nothing is to be said."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.relay_trouble:
            return False
        with shift.office.database.read() as tx:
            row = OUTBOX.next_due(tx, now)
        if row is None:
            return False
        letter = made(lambda: _letter(shift.office, row, now), lambda why: _set_aside(shift.office, row, now, why))
        if letter is not None:
            post(shift, OUTBOX, row, letter, now, sent=_nobody, lost=_nobody)
        return True


def _letter(office: Office, row: Row[Any], now: datetime) -> Letter | None:
    """The mail, its intent and its link committed; None when there is none, and then it is settled."""
    from worker.notices import to_recipients  # brings in jinja2, and most ticks have no mail to write

    with office.database.write() as tx:
        if not OUTBOX.begin(tx, row.id, to_recipients.identity(office, row)):
            return None
        mail = to_recipients.mail(tx, office, row, now)
        if mail is None:
            OUTBOX.withdraw(tx, row.id, now)
            return None
        return Letter(mail.sender, row.address, mail.data)


def _set_aside(office: Office, row: Row[Any], now: datetime, why: str) -> None:
    log.error("mail %d to a recipient (%s) cannot be made; its row says why", row.id, row.purpose)
    with office.database.write() as tx:
        OUTBOX.unmakeable(tx, row.id, now, why)


def _nobody(tx: Connection, why: str = "") -> None:
    """Nobody is told: what was asked for and never arrives can be asked for again."""
