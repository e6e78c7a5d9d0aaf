"""A worker's desk for tests of delivery: begins mailings, works at a given time, and looks at what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Row, select

from tests.fixtures.smtp_server import Received
from tests.store.sample import CONFIG, KEY, NOW, PRESS, add_people, approved_draft
from worker.approval import decide
from worker.approval.decide import Choice
from worker.audience.members import Addressed
from worker.clock import shift
from worker.delivery.freeze import freeze
from worker.holding import release
from worker.holding.begin import Begun
from worker.holding.begin import begin as begin_hold
from worker.jobs import work
from worker.jobs.base import Shift
from worker.jobs.close_finished import CloseFinished
from worker.jobs.deliver import Deliver
from worker.jobs.resume_mailings import ResumeMailings
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import deliveries, events, mailings, notices, occurrences, packages
from worker.times import Clock

ASKED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""By then the December press release and the newsletter wait for their approval."""
SEND = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)


def environment(office: Office) -> dict[str, str]:
    """What tells a command to work for the office: names of settings and their values."""
    settings = office.settings
    return {
        "HLASATEL_DATABASE_URL": settings.database_url,
        "HLASATEL_SMTP_URL": settings.smtp_url,
        "HLASATEL_DATA": str(settings.data),
        "HLASATEL_SECRET_KEY": KEY,
        "HLASATEL_PLAN": str(settings.plan),
        "HLASATEL_CONFIG": str(CONFIG),
    }


def asked(office: Office, person: str = "tiskovy-mluvci") -> str:
    """The December press release waits for its approval, if it does not yet; a token of `person` for it."""
    if not _has_drafts(office):
        work_at(office, ASKED)
    return token(office, person)


def _has_drafts(office: Office) -> bool:
    with office.database.read() as tx:
        return tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).first() is not None


def token(office: Office, person: str, occurrence: str = PRESS, purpose: Purpose = Purpose.APPROVE) -> str:
    """A new link of `person` to the newest version."""
    with office.database.write() as tx:
        found = select(packages.c.id).where(packages.c.occurrence_id == occurrence).order_by(packages.c.version)
        package = tx.execute(found).scalars().all()[-1]
        return links.mint(
            tx, purpose, person=person, sent_to=office.person(person).email, occurrence_id=occurrence,
            package_id=package, now=ASKED,
        )  # fmt: skip


def approve(office: Office, link: str, now: datetime = ASKED) -> None:
    decide.decide(office, link, Choice.APPROVE, "", now)


def state(office: Office, occurrence: str = PRESS) -> str:
    with office.database.read() as tx:
        return str(tx.execute(select(occurrences.c.state).where(occurrences.c.id == occurrence)).scalar())


def begin(
    office: Office, people: int, kind: str = "press-release", occurrence: str = PRESS, lists: Sequence[str] = ("media",)
) -> int:
    """Freeze a mailing of one draft to `people` new members of the first list; its id."""
    with office.database.write() as tx:
        add_people(tx, lists[0], range(1, people + 1))
        return freeze(tx, office, occurrence, approved_draft(tx, kind, occurrence), Addressed(tuple(lists)), NOW)


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
            progress = any([job.do_one(current, at) for job in (ResumeMailings(), Deliver())])
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


def body_of(mail: EmailMessage, sort: str = "plain") -> str:
    """A mail's text, or with `html` its other form, as it came."""
    part = mail.get_body((sort,))
    assert part is not None
    return str(part.get_content())


def words(mail: EmailMessage) -> str:
    """The text of a mail on one line, with plain spaces."""
    return " ".join(body_of(mail).split())


def work_at(office: Office, at: datetime) -> None:
    """All that is due at `at`, by somebody who holds the lock."""
    with at_work(office, at) as current:
        work(current)


def hold(office: Office, at: datetime, until: datetime, reason: str = "státní smutek") -> Begun:
    """The coordinator holds everything but crisis messages."""
    with office.database.write() as tx:
        return begin_hold(tx, office, at, until=until, reason=reason, person="koordinator")


def end_hold(office: Office, at: datetime) -> None:
    """The coordinator ends the hold."""
    with office.database.write() as tx:
        release.end(tx, at, reason="smutek skončil", person="koordinator")


def occurrence(office: Office, occurrence_id: str = PRESS) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).one()


def notices_to(office: Office, person: str, *kinds: str) -> list[Row[Any]]:
    """The notices of these kinds to a person, oldest first."""
    wanted = notices.c.person == person, notices.c.kind.in_(kinds)
    with office.database.read() as tx:
        return list(tx.execute(select(notices).where(*wanted).order_by(notices.c.id)))
