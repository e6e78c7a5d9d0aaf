"""The inbox of partners' news: what a reading leaves in the database, and what drafts take from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.feed_server import FeedServer, Reply, atom, feed_server, item
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.sample import NEWSLETTER, PRESS, occurrence_values
from worker.feeds import inbox
from worker.feeds.newest import news, note_uses
from worker.feeds.reader import Reader
from worker.office import Office
from worker.settings import Feed
from worker.settings.model import FeedSettings
from worker.store.database import Database
from worker.store.states import OccurrenceState
from worker.store.tables import feed_items, feed_uses, feeds, occurrences

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE, UNTIL = NOW - timedelta(days=60), NOW + timedelta(days=1)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def town(migrated_file: Path, tmp_path: Path, relay: ScriptedRelay, server: FeedServer) -> Iterator[Office]:
    """An office with two feeds on loopback, which it is let to; on SQLite, where the database makes no difference."""
    file = tmp_path / "town.sqlite3"
    shutil.copyfile(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    yield with_feeds(open_office(database, relay, tmp_path), *two_feeds(server))
    database.close()


@pytest.fixture
def each_town(office: Office, server: FeedServer) -> Office:
    """The same on a database of each sort."""
    return with_feeds(office, *two_feeds(server))


def two_feeds(server: FeedServer) -> tuple[Feed, Feed]:
    """Of two names of one server: two requests to one name keep a distance."""
    return feed("obec", server), Feed(id="jina", name="Obec jina", url=server.url("/jina", "localhost"))


def feed(name: str, server: FeedServer, **more: Any) -> Feed:
    return Feed(id=name, name=f"Obec {name}", url=server.url(f"/{name}"), **more)


def with_feeds(office: Office, *known: Feed) -> Office:
    settings = replace(office.settings, feeds=FeedSettings(internal=("127.0.0.0/8",)))
    return replace(office, settings=settings, feeds={each.id: each for each in known})


def read(office: Office, now: datetime = NOW) -> None:
    """One reading, waited for as a `tick` does."""
    reader, never = Reader(), Event()
    reader.step(office, now)
    while reader.wait(never):
        reader.step(office, now)


def titles(office: Office, **columns: Any) -> list[str]:
    with office.database.read() as tx:
        found = select(feed_items.c.title).order_by(feed_items.c.id)
        for name, value in columns.items():
            found = found.where(feed_items.c[name] == value)
        return list(tx.execute(found).scalars())


def state(office: Office, name: str) -> Any:
    with office.database.read() as tx:
        return tx.execute(select(feeds).where(feeds.c.id == name)).one()


def found(office: Office, occurrence: str = NEWSLETTER, since: datetime = SINCE) -> list[str]:
    with office.database.read() as tx:
        taken = news(tx, office.feeds, occurrence.partition("/")[0], occurrence, since, UNTIL)
        return [each.title for each in taken.items]


def test_what_is_new_is_kept_once_and_asked_for_by_its_mark(town: Office, server: FeedServer) -> None:
    headers = {"ETag": '"1"'}
    server.replies["/obec"] = Reply(atom(item(1), item(2)), headers=headers)
    server.replies["/jina"] = Reply(atom(item(3)))
    read(town)
    assert sorted(titles(town)) == ["Zpráva 1", "Zpráva 2", "Zpráva 3"]
    row = state(town, "obec")
    assert (row.etag, row.read_at, row.next_at - NOW, row.failures, row.trouble) == ('"1"', NOW, inbox.EVERY, 0, None)
    server.replies["/obec"] = lambda asked: Reply(status=304) if asked.get("if-none-match") == '"1"' else Reply()
    later = NOW + inbox.EVERY
    read(town, later - timedelta(seconds=1))
    assert len(server.asked) == 2, "nobody is asked before the time"
    read(town, later)
    assert (len(titles(town)), state(town, "obec").read_at, state(town, "obec").etag) == (3, later, '"1"')


def test_the_same_news_of_two_feeds_count_once_and_a_corrected_one_takes_the_place(
    each_town: Office, server: FeedServer
) -> None:
    both = f"<id>%s</id><title>Táž zpráva</title><link href='{server.url('/1')}'/>"
    server.replies["/obec"], server.replies["/jina"] = Reply(atom(both % "a")), Reply(atom(both % "b"))
    read(each_town)
    assert titles(each_town) == ["Táž zpráva"]
    server.replies["/obec"] = Reply(atom(item(1, "Zpráva s chybou")))
    read(each_town, NOW + inbox.EVERY)
    server.replies["/obec"] = Reply(atom(item(1, "Zpráva bez chyby")))
    read(each_town, NOW + 2 * inbox.EVERY)
    assert titles(each_town) == ["Táž zpráva", "Zpráva bez chyby"]


def test_a_feed_that_fails_is_tried_later_and_later_and_keeps_what_it_had(town: Office, server: FeedServer) -> None:
    server.replies["/obec"] = Reply(atom(item(1)))
    read(town)
    server.replies["/obec"] = Reply(status=500)
    at, pauses = NOW + inbox.EVERY, []
    for _ in range(9):
        read(town, at)
        pauses.append(state(town, "obec").next_at - at)
        at = state(town, "obec").next_at
    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert pauses[-1] == timedelta(hours=12)
    row = state(town, "obec")
    assert (row.read_at, row.trouble["key"], row.trouble["values"]) == (NOW, "feeds.refused", {"status": 500})
    assert titles(town) == ["Zpráva 1"]
    server.replies["/obec"] = Reply(atom(item(1)))
    read(town, at)
    assert (state(town, "obec").failures, state(town, "obec").trouble) == (0, None)


def test_a_server_that_asks_for_a_pause_gets_it(town: Office, server: FeedServer) -> None:
    server.replies["/obec"] = Reply(status=503, headers={"Retry-After": "7200"})
    read(town)
    assert state(town, "obec").next_at == NOW + timedelta(hours=2)


def test_another_address_begins_anew(town: Office, server: FeedServer) -> None:
    server.replies["/obec"] = Reply(atom(item(1)), headers={"ETag": '"1"'})
    read(town)
    moved = with_feeds(town, Feed(id="obec", name="Obec", url=server.url("/nova")))
    server.replies["/nova"] = Reply(atom(item(2)))
    read(moved, NOW + timedelta(minutes=1))
    path, headers = server.asked[-1]
    assert path == "/nova" and "if-none-match" not in headers
    assert (state(moved, "obec").url, found(moved)) == (server.url("/nova"), ["Zpráva 1", "Zpráva 2"])
    read(with_feeds(town, Feed(id="obec", name="Obec", url=server.url("/neni"))), NOW + timedelta(minutes=2))
    kept = state(town, "obec")
    assert (kept.failures, kept.read_at) == (1, None), "nothing was ever read from there"


def test_a_clock_that_went_back_leaves_no_feed_unread(town: Office, server: FeedServer) -> None:
    server.replies["/obec"] = Reply(atom(item(1)))
    read(town, NOW)
    read(town, NOW - timedelta(days=30))
    assert [path for path, _ in server.asked].count("/obec") == 2


def test_a_feed_that_makes_things_up_fills_no_disk(
    each_town: Office, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_KEPT", 5)
    server.replies["/obec"] = Reply(atom(item(1)))
    read(each_town)
    use(each_town, NEWSLETTER, OccurrenceState.DONE, "Zpráva 1")
    for turn in range(1, 4):
        server.replies["/obec"] = Reply(atom(*(item(10 * turn + number) for number in range(4))))
        read(each_town, NOW + turn * inbox.EVERY)
    kept = titles(each_town, feed="obec")
    assert len(kept) == 6 and kept[0] == "Zpráva 1" and kept[-1] == "Zpráva 33"


def use(office: Office, occurrence: str, state: OccurrenceState, *used: str) -> None:
    """The occurrence's drafts hold these news."""
    with office.database.write() as tx:
        tx.execute(occurrences.insert().values(occurrence_values(occurrence, state)))
        ids = tx.execute(select(feed_items.c.id).where(feed_items.c.title.in_(used))).scalars()
        note_uses(tx, occurrence, [{"sources": {"feeds": {"items": [{"id": each} for each in ids]}}}])


@pytest.mark.parametrize(
    ("occurrence", "now", "left"),
    [
        ("newsletter/2025", OccurrenceState.DONE, ["Zpráva 2"]),
        ("newsletter/2025", OccurrenceState.ASKED, ["Zpráva 2"]),
        ("newsletter/2025", OccurrenceState.DROPPED, ["Zpráva 1", "Zpráva 2"]),
        (NEWSLETTER, OccurrenceState.PLANNED, ["Zpráva 1", "Zpráva 2"]),
        (PRESS, OccurrenceState.DONE, ["Zpráva 1", "Zpráva 2"]),
    ],
)
def test_what_an_issue_used_is_not_in_the_next_one(
    each_town: Office, server: FeedServer, occurrence: str, now: OccurrenceState, left: list[str]
) -> None:
    server.replies["/obec"] = Reply(atom(item(1), item(2)))
    read(each_town)
    use(each_town, occurrence, now, "Zpráva 1")
    assert found(each_town) == left
    with each_town.database.write() as tx:
        note_uses(tx, occurrence, [{"sources": {"feeds": {"items": [{"id": 1}, {"id": 99_999}]}}}, {}])
        assert len(tx.execute(select(feed_uses)).all()) == 1, "noted once, and only what is there"


def test_news_are_those_of_the_time_on_the_themes_newest_first(town: Office, server: FeedServer) -> None:
    undated = "<id>9</id><title>Dluhová poradna bez data</title>"
    server.replies["/obec"] = Reply(
        atom(
            item(1, "Sociální služby ve městě", "2026-11-01"),
            item(2, "Ztracený pes", "2026-11-02"),
            item(3, "Nové sociální bydlení", "2026-11-10"),
            item(4, "Asociální chování", "2026-11-11"),
            item(5, "Sociální služby loni", "2025-11-10"),
            undated,
        )
    )
    themed = with_feeds(town, feed("obec", server, words=("sociál", "dluh")))
    read(themed)
    assert found(themed) == ["Dluhová poradna bez data", "Nové sociální bydlení", "Sociální služby ve městě"]
    assert found(themed, since=NOW - timedelta(days=5)) == ["Dluhová poradna bez data"]
    assert found(replace(themed, feeds={})) == [], "a feed that was taken out of the file"


def test_how_the_feeds_are_is_known_to_the_draft(each_town: Office, server: FeedServer) -> None:
    server.replies["/obec"] = Reply(atom(item(1)))
    unread = with_feeds(
        each_town, *each_town.feeds.values(), Feed(id="bez", name="Bez adresy", note="Není v podkladech.")
    )
    with unread.database.read() as tx:
        before = news(tx, unread.feeds, "newsletter", NEWSLETTER, SINCE, UNTIL)
    assert (before.known, before.ever_read, [each.source for each in before.silent]) == (
        2,
        0,
        ["Obec obec", "Obec jina"],
    )
    read(unread)
    with unread.database.read() as tx:
        after = news(tx, unread.feeds, "newsletter", NEWSLETTER, SINCE, UNTIL)
        assert set(tx.execute(select(feeds.c.id)).scalars()) == {"obec", "jina"}, "without an address nobody is asked"
    assert (after.ever_read, [(each.source, each.read_at) for each in after.silent]) == (1, [("Obec jina", None)])
