"""Sends the mails to the people who run the plan, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from worker.jobs.base import Job, Shift
from worker.jobs.posting import Letter, made, post
from worker.notices import queue, refusals
from worker.office import Office
from worker.record import events

if TYPE_CHECKING:
    from worker.notices.render import Mail


class SendNotices(Job):
    """Notice `queued` → `sent`, back to `queued` with a delay, or `failed`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office
        if shift.relay_trouble:
            return False
        with office.database.read() as tx:
            notice = queue.next_due(tx, now)
        if notice is None:
            return False
        mail = made(lambda: _mail(office, notice, now), lambda why: _set_aside(office, notice, now, why))
        if mail is not None:
            post(
                shift, queue.OUTBOX, notice, Letter(mail.sender, office.person(notice.person).email, mail.data), now,
                sent=lambda tx: _record(tx, "notice.sent", notice, now),
                lost=lambda tx, why: _lost(tx, office, notice, why, now),
            )  # fmt: skip
        return True


def _mail(office: Office, notice: Row[Any], now: datetime) -> Mail | None:
    """The mail, its intent and its link committed; None when it is under way already."""
    from worker.notices import render  # brings in jinja2, and most ticks have no mail to write

    with office.database.write() as tx:
        if not queue.OUTBOX.begin(tx, notice.id, render.message_id(office, notice)):
            return None
        return render.mail(tx, office, notice, now)


def _set_aside(office: Office, notice: Row[Any], now: datetime, why: str) -> None:
    with office.database.write() as tx:
        queue.OUTBOX.unmakeable(tx, notice.id, now, why)
        _lost(tx, office, notice, why, now)


def _lost(tx: Connection, office: Office, notice: Row[Any], why: str, now: datetime) -> None:
    """It will not arrive: recorded, and told to whoever can do something about it."""
    _record(tx, "notice.failed", notice, now)
    refusals.tell(tx, office, notice, why, now)


def _record(tx: Connection, kind: str, notice: Row[Any], now: datetime) -> None:
    if notice.occurrence_id is not None:
        events.append(tx, kind, now, occurrence=notice.occurrence_id, notice=notice.kind, asked=notice.person)
