"""Sends the mails to recipients about their own place on the lists, oldest first."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.audience.mails import OUTBOX
from worker.errors import HlasatelError
from worker.jobs.base import Job, Letter, Shift, post
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
        made = self._make(shift.office, row, now)
        if made is not None:
            post(shift, OUTBOX, row, made, now, sent=_nobody, lost=_nobody)
        return True

    def _make(self, office: Office, row: Row[Any], now: datetime) -> Letter | None:
        """The mail, its intent and its link committed; None when there is none, and then it is settled."""
        from worker.notices import to_recipients  # brings in jinja2, and most ticks have no mail to write

        try:
            with office.database.write() as tx:
                if not OUTBOX.begin(tx, row.id, to_recipients.identity(office, row)):
                    return None
                made = to_recipients.mail(tx, office, row, now)
                if made is None:
                    OUTBOX.withdraw(tx, row.id, now)
                    return None
                return Letter(made.sender, row.address, made.data)
        except HlasatelError as error:
            self._set_aside(office, row, now, str(error))
            return None
        except Exception as error:
            self._set_aside(office, row, now, type(error).__name__)
            raise

    def _set_aside(self, office: Office, row: Row[Any], now: datetime, why: str) -> None:
        log.error("mail %d to a recipient (%s) cannot be made; its row says why", row.id, row.purpose)
        with office.database.write() as tx:
            OUTBOX.unmakeable(tx, row.id, now, why)


def _nobody(tx: Connection, why: str = "") -> None:
    """Nobody is told: what was asked for and never arrives can be asked for again."""
