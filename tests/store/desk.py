"""A worker's desk for tests of delivery: begins mailings, works at a given time, and looks at what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Row, select

from tests.fixtures.smtp_server import Received
from tests.store.sample import NOW, PRESS, add_people, approved_draft
from worker.clock import shift
from worker.delivery.freeze import freeze
from worker.jobs.base import Shift
from worker.jobs.close_finished import CloseFinished
from worker.jobs.deliver import Deliver
from worker.jobs.give_up_retries import GiveUpRetries
from worker.jobs.resume_mailings import ResumeMailings
from worker.office import Office
from worker.store.tables import deliveries, events, mailings, notices
from worker.times import Clock


def begin(
    office: Office, people: int, kind: str = "press-release", occurrence: str = PRESS, lists: Sequence[str] = ("media",)
) -> int:
    """Freeze a mailing of one draft to `people` new members of the first list; its id."""
    with office.database.write() as tx:
        add_people(tx, lists[0], range(1, people + 1))
        return freeze(tx, office, occurrence, approved_draft(tx, kind, occurrence), lists, NOW)


@contextmanager
def at_work(office: Office, at: datetime = NOW) -> Iterator[Shift]:
    """The real lock, take-over and connection of somebody whose clock stands at `at`."""
    with shift(office, Clock(lambda: at, simulated=True), "tests") as current:
        yield current


def deliver(office: Office, at: datetime = NOW) -> None:
    """All that delivery has to do at `at`."""
    with at_work(office, at) as current:
        progress = True
        while progress:
            progress = any([job.do_one(current, at) for job in (ResumeMailings(), Deliver(), GiveUpRetries())])
        while CloseFinished().do_one(current, at):
            pass


def rows(office: Office) -> list[Row[Any]]:
    """Every delivery, by recipient."""
    with office.database.read() as tx:
        return list(tx.execute(select(deliveries).order_by(deliveries.c.mailing_id, deliveries.c.recipient_id)))


def states(office: Office) -> list[str]:
    return [row.state for row in rows(office)]


def mailing(office: Office, mailing_id: int) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(mailings).where(mailings.c.id == mailing_id)).one()


def told(office: Office) -> list[str]:
    """The kinds of the notices queued, oldest first."""
    with office.database.read() as tx:
        return list(tx.execute(select(notices.c.kind).order_by(notices.c.id)).scalars())


def recorded(office: Office) -> list[str]:
    """The kinds of the events, in order."""
    with office.database.read() as tx:
        return list(tx.execute(select(events.c.kind).order_by(events.c.seq)).scalars())


def read(received: Received) -> EmailMessage:
    """A received message as a mail program reads it."""
    message = message_from_bytes(received.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
