"""Every link of every mail of a whole journey is opened, by programs and by a browser: nothing is decided by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page
from sqlalchemy import select

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import body_of, read, work_at
from tests.store.planned import COUNCIL, text_of
from tests.store.sample import add_people
from worker.audience.joining import consent
from worker.drafting.public_page import PATH as PUBLIC
from worker.messages import speaking
from worker.notices.links import PATHS, Purpose
from worker.office import Office
from worker.store.columns import metadata
from worker.store.database import Database
from worker.store.tables import occurrences
from worker.times import Clock

pytestmark = [pytest.mark.browser, pytest.mark.journey]

BOTH = """\
id: zprava
when: prosinec 2026
periodicity: 1x
activity: Zpráva kraje a úřadu
place: řádek 1
kinds: [press-release, facebook-text]
lists: [media]
approvers: [tiskovy-mluvci, reditel]
approval: all
commenters: [reditel]
contributors: [asz]
code: true
"""
LETTER = """\
id: zpravodaj
when: prosinec 2026
periodicity: 1x
activity: Zpravodaj
place: řádek 3
kinds: [newsletter]
lists: [vsichni]
approvers: [tiskovy-mluvci]
"""
FORGOTTEN = (
    LETTER.replace("zpravodaj", "zapomenuty").replace("Zpravodaj", "Zapomenutý dopis").replace("řádek 3", "řádek 4")
)


@dataclass
class Journey:
    """An office at work by a clock that the test sets, and the links of the mails that have left it."""

    office: Office
    relay: ScriptedRelay
    page: Page
    at: datetime = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    opened: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)

    def work(self, at: datetime) -> None:
        self.at = at
        work_at(self.office, at)

    def links(self, person: str = "", activity: str = "") -> list[str]:
        """Every address of our own in any mail, in its text, its HTML or its headers; oldest first.

        Of the mails to one person, or about one activity, if these are named.
        """
        found: dict[str, None] = {}
        for received in self.relay.received:
            mail = read(received)
            if person and received.recipient != self.office.person(person).email:
                continue
            if activity and not str(mail["Hlasatel-Occurrence"]).startswith(f"{activity}/"):
                continue
            parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
            for text in [*parts, *map(str, mail.values())]:
                found |= dict.fromkeys(re.findall(rf"{re.escape(self.office.settings.base_url)}/[^\s<>\"']+", text))
        return list(found)

    def link(self, purpose: Purpose, person: str, activity: str = "") -> str:
        """The newest link of a purpose to a person."""
        start = f"{self.office.settings.base_url}/{PATHS[purpose]}/"
        return next(each for each in reversed(self.links(person, activity)) if each.startswith(start))

    def code(self, person: str) -> str:
        """The newest one-time code mailed to a person."""
        mails = [read(each) for each in self.relay.received if each.recipient == self.office.person(person).email]
        return next(
            found[1]
            for text in map(body_of, reversed(mails))
            if (found := re.search(r"^(\d{6})\r?$", text, re.MULTILINE))
        )

    def post(self, link: str, status: int = 200, **form: str) -> None:
        answer = requests.post(link, data=form, timeout=10)
        assert answer.status_code == status, answer.text

    def words_agreed_to(self) -> str:
        """The version that the page for joining would send along."""
        with speaking("cs"):
            return consent.in_force(self.office).version

    def state(self, activity: str) -> str:
        with self.office.database.read() as tx:
            found = select(occurrences.c.state).where(occurrences.c.activity == activity)
            return str(tx.execute(found.where(occurrences.c.window_to >= self.at.date())).scalars().first())

    def kept(self) -> dict[str, list[Any]]:
        """Everything the database holds."""
        with self.office.database.read() as tx:
            return {name: sorted(map(repr, tx.execute(select(table)).all())) for name, table in metadata.tables.items()}

    def open_new(self) -> None:
        """Open every link that came since the last time, as programs do and as a person's browser does."""
        before = self.kept()
        new = [each for each in self.links() if each not in self.opened]
        self.ask_for(new)
        for link in new:
            self._open_in_browser(link)
        self.opened |= set(new)
        assert self.kept() == before

    def ask_for(self, links: list[str]) -> None:
        """Open links as programs do."""
        before = self.kept()
        for link in links:
            for answer in (requests.get(link, timeout=10), requests.head(link, timeout=10)):
                public = link.startswith(f"{self.office.settings.base_url}/{PUBLIC}/")  # 404 until it is sent
                assert answer.status_code in (200, 410, *([404] if public else [])), (link, answer.status_code)
        assert self.kept() == before

    def _open_in_browser(self, link: str) -> None:
        """Load the page with scripts on, run what it brings, point at everything and follow what it links to."""
        self.page.goto(link)
        assert self.page.locator("script, [onload], [onclick], [onerror]").count() == 0
        self.page.locator("a, button, input, textarea, summary").evaluate_all(
            "found => found.forEach(each => ['mouseover', 'mouseenter', 'focus', 'touchstart', 'blur']"
            ".forEach(name => each.dispatchEvent(new Event(name, {bubbles: true}))))"
        )
        inside = self.page.locator("a[href], iframe[src]").evaluate_all(
            "found => found.map(each => (each.href || each.src).split('#')[0])"
        )
        for each in set(inside) - self.followed - {link}:
            if each.startswith(self.office.settings.base_url):
                assert self.page.request.get(each).status in (200, 403), each  # 403: the coordinator's, not signed in
        self.followed |= set(inside)


@pytest.fixture
def journey(sqlite_url: str, tmp_path: Path, page: Page) -> Iterator[Journey]:
    database = Database(sqlite_url)
    database.bring_up_to_date()
    plan = tmp_path / "schedules.yaml"
    plan.write_text(text_of(BOTH, LETTER, FORGOTTEN, COUNCIL), encoding="utf-8")
    with scripted_relay() as relay:
        office = open_office(database, relay, tmp_path)
        office = replace(office, settings=replace(office.settings, plan=plan))
        with database.write() as tx:
            add_people(tx, "media", range(1, 3))
        begun = Journey(office, relay, page)
        with pages(office, Clock(lambda: begun.at, simulated=True)) as begun.office:
            yield begun
    database.close()


def _at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def test_no_link_of_any_mail_decides_anything(journey: Journey) -> None:
    base = journey.office.settings.base_url
    journey.work(journey.at)
    journey.work(datetime(2026, 11, 27, 9, tzinfo=UTC))
    journey.open_new()
    journey.post(journey.link(Purpose.COMMENT, "reditel"), comment="Doplnit kontakt.", version="1")
    journey.work(datetime(2026, 11, 30, 8, tzinfo=UTC))
    journey.open_new()
    journey.work(_at(1))
    journey.open_new()
    assert (journey.state("zprava"), journey.state("zpravodaj")) == ("asked", "asked")

    journey.post(journey.link(Purpose.APPROVE, "reditel", "zprava"), decision="return", comment="Zkrátit.")
    journey.post(f"{base}/koordinator/prihlaseni", address=journey.office.person("koordinator").email)
    journey.work(_at(1, 10))
    journey.open_new()
    assert journey.state("zprava") == "returned"

    journey.post(journey.link(Purpose.EDIT, "koordinator", "zprava"), version="1")
    journey.work(_at(1, 11))
    for minute, person in ((10, "tiskovy-mluvci"), (15, "reditel")):
        approval = journey.link(Purpose.APPROVE, person, "zprava")
        journey.post(approval.replace("/schvaleni/", "/schvaleni/kod/"))
        journey.work(_at(1, 11, minute))
        journey.open_new()
        journey.post(approval, decision="approve", version="2", code=journey.code(person))
    journey.post(journey.link(Purpose.APPROVE, "tiskovy-mluvci", "zpravodaj"), decision="approve")
    journey.post(f"{base}/odber/obcane", email="jana@priklad.example.org", consent=journey.words_agreed_to())
    journey.work(_at(7))
    journey.open_new()
    assert (journey.state("zprava"), journey.state("zpravodaj")) == ("approved", "approved")

    journey.work(_at(8))
    journey.open_new()
    assert (journey.state("zprava"), journey.state("zpravodaj"), journey.state("zapomenuty")) == (
        "done",
        "done",
        "asked",
    )
    journey.work(_at(10))
    journey.open_new()
    assert journey.state("zapomenuty") == "missed"
    journey.work(datetime(2027, 3, 1, 9, tzinfo=UTC))  # when lists are put before those who keep them
    journey.open_new()
    journey.ask_for(journey.links())
    assert {urlsplit(each).path.strip("/").rpartition("/")[0] for each in journey.opened} >= {
        *(PATHS[purpose] for purpose in Purpose), "o", "odber/potvrzeni",
    }  # fmt: skip
