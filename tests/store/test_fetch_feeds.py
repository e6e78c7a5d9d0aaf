"""Reading feeds as a part of a shift's work: beside the other jobs, in a tick, and for a draft."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fixtures.feed_server import FeedServer, Reply, atom, feed_server, item
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import ASKED
from tests.store.sample import NEWSLETTER
from worker.clock import shift
from worker.feeds.health import health, in_words
from worker.jobs import finish, take_turns, work
from worker.jobs.base import Shift
from worker.jobs.fetch_feeds import FetchFeeds
from worker.jobs.take_up_plan import TakeUpPlan
from worker.office import Office
from worker.record import events
from worker.record.why import story
from worker.reporting.articles import published
from worker.settings import Feed
from worker.settings.model import FeedSettings
from worker.store.database import Database
from worker.store.tables import drafts, feed_items, feed_uses, feeds, occurrences
from worker.times import Clock

QUIET = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""Nothing is drafted then."""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def town(migrated_file: Path, tmp_path: Path, relay: ScriptedRelay, server: FeedServer) -> Iterator[Office]:
    """An office with one feed on loopback and one without an address."""
    file = tmp_path / "town.sqlite3"
    shutil.copyfile(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    office = open_office(database, relay, tmp_path)
    known = [
        Feed(id="obec", name="Obec", url=server.url("/f")),
        Feed(id="bez", name="Bez adresy", note="Není v podkladech."),
    ]
    settings = replace(office.settings, feeds=FeedSettings(internal=("127.0.0.0/8",)))
    yield replace(office, settings=settings, feeds={each.id: each for each in known})
    database.close()


FEW = (TakeUpPlan(), FetchFeeds())


def read_to_the_end(current: Shift) -> None:
    """As `finish` does, of these jobs alone: all of them draft and print, which takes seconds."""
    while FetchFeeds().wait(current):
        take_turns(FEW, current)


@contextmanager
def at_work(office: Office, at: datetime, *, simulated: bool = False) -> Iterator[Shift]:
    with shift(office, Clock(lambda: at, simulated=simulated), "tests") as current:
        yield current


def test_other_jobs_do_not_wait_and_a_tick_does_at_its_end(town: Office, server: FeedServer) -> None:
    answers = threading.Event()

    def held(headers: dict[str, str]) -> Reply:
        answers.wait(10)
        return Reply(atom(item(1)))

    server.replies["/f"] = held
    with at_work(town, QUIET) as current:
        take_turns(FEW, current)
        with town.database.read() as tx:
            assert tx.execute(select(occurrences)).first() is not None, "the plan was taken up meanwhile"
            assert tx.execute(select(feeds)).first() is None
        answers.set()
        read_to_the_end(current)
    with town.database.read() as tx:
        assert tx.execute(select(feed_items.c.title)).scalars().all() == ["Zpráva 1"]


def test_a_feed_that_counts_brings_articles_for_the_report(town: Office, server: FeedServer) -> None:
    server.replies["/f"] = Reply(atom(item(1), item(2)))
    counting = town.feeds["obec"].model_copy(update={"articles": "municipality"})
    town = replace(town, feeds={**town.feeds, "obec": counting})
    with at_work(town, QUIET) as current:
        take_turns(FEW, current)
        read_to_the_end(current)
    with town.database.read() as tx:
        found = published(tx, town)
        [brought] = events.of_kind(tx, "articles.from_feed")
    assert [(each.publisher, each.who, each.source) for each in found] == [("municipality", "Obec", "feed")] * 2
    assert brought.data == {"feed": "Obec", "number": 2}


def test_a_shift_that_ends_leaves_what_is_under_way(town: Office, server: FeedServer) -> None:
    server.replies["/f"] = Reply(send=lambda line: server.stopping.wait(10))
    with at_work(town, QUIET) as current:
        take_turns(FEW, current)
        [thread] = [each for each in threading.enumerate() if each.name == "feeds"]
    thread.join(2)
    assert not thread.is_alive()


def test_a_made_up_time_asks_nobody(town: Office, server: FeedServer) -> None:
    with at_work(town, QUIET, simulated=True) as current:
        take_turns(FEW, current)
        read_to_the_end(current)
    assert server.asked == []


def test_a_draft_holds_the_news_and_the_record_says_where_they_were_used(town: Office, server: FeedServer) -> None:
    server.replies["/f"] = Reply(atom(item(1, "Nová poradna pro seniory"), item(2, "Stará zpráva", "2025-01-01")))
    with at_work(town, ASKED) as current:
        current.feeds.step(town, ASKED)
        finish(current)
        work(current)
    with town.database.read() as tx:
        kept = tx.execute(select(drafts).where(drafts.c.kind == "newsletter")).one()
        used = tx.execute(select(feed_uses.c.occurrence_id, feed_items.c.title).join(feed_items)).all()
    assert "Nová poradna pro seniory" in kept.html and "Stará zpráva" not in kept.html
    assert [tuple(each) for each in used] == [(NEWSLETTER, "Nová poradna pro seniory")]


def test_with_an_empty_inbox_every_draft_is_made_and_the_record_says_what_it_lacks(
    town: Office, server: FeedServer
) -> None:
    server.replies["/f"] = Reply(status=500)
    with at_work(town, ASKED) as current:
        work(current)
        finish(current)
    with town.database.read() as tx:
        made = tx.execute(select(drafts.c.kind, drafts.c.findings)).all()
        [event] = [each for each in events.of_occurrence(tx, NEWSLETTER) if each.kind == "package.made"]
        told = story(tx, town, NEWSLETTER, ASKED) or []
    findings = {each.kind: each.findings for each in made}
    for kind in ("newsletter", "press-release"):
        assert not [one for one in findings[kind] if one["level"] == "error"]
    assert "„Z webů partnerů“ je vynechána: žádný z kanálů" in event.data["left_out"]
    assert any("Z webů partnerů" in line for line in told)


def test_status_tells_how_the_feeds_are(town: Office, server: FeedServer) -> None:
    with town.database.read() as tx:
        assert in_words(health(tx, town.feeds)) == [
            "Weby partnerů: v pořádku 0 z 1 kanálů s adresou, bez adresy 1.",
            "  Obec: zatím nečteno; přečte ho „hlasatel run“ nebo „hlasatel tick“.",
        ]
        assert in_words(health(tx, {})) == []
    server.replies["/f"] = Reply(status=410)
    with at_work(town, QUIET) as current:
        take_turns(FEW, current)
        read_to_the_end(current)
    with town.database.read() as tx:
        found = health(tx, town.feeds)
    assert (found[0]["failures"], found[0]["read_at"], found[1]["note"]) == (1, None, "Není v podkladech.")
    assert in_words(found)[1] == (
        "  Obec: Server kanál nevydal (odpověď 410). Ověřte adresu v souboru feeds.yaml. Naposledy přečteno: nikdy."
    )
