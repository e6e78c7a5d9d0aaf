"""Tokens of the coordinator's sign-in: good once, for a time, for one purpose, and never two sessions from one link."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.store import tables
from worker.store.database import Database

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def link_of(database: Database, now: datetime = NOW) -> str:
    with database.write() as tx:
        return sign_ins.mint(tx, Purpose.LINK, "koordinator", now)


def test_a_link_becomes_one_session(database: Database) -> None:
    link = link_of(database)
    with database.write() as tx:
        session = sign_ins.open_session(tx, link, NOW + timedelta(minutes=29))
        assert session is not None
        assert sign_ins.open_session(tx, link, NOW + timedelta(minutes=29)) is None
        assert sign_ins.find(tx, Purpose.SESSION, session, NOW + timedelta(hours=1)) == "koordinator"
        assert sign_ins.find(tx, Purpose.LINK, session, NOW + timedelta(minutes=29)) is None, "a token of one purpose"
        sign_ins.end(tx, Purpose.SESSION, session, NOW + timedelta(hours=1))
        assert sign_ins.find(tx, Purpose.SESSION, session, NOW + timedelta(hours=1)) is None


def test_a_link_and_a_session_come_to_an_end(database: Database) -> None:
    link, other = link_of(database), link_of(database)
    with database.write() as tx:
        assert sign_ins.open_session(tx, link, NOW + timedelta(minutes=30)) is None
        session = sign_ins.open_session(tx, other, NOW)
        assert session is not None
        assert sign_ins.find(tx, Purpose.SESSION, session, NOW + timedelta(hours=12)) is None


def test_two_browsers_that_use_a_link_at_once_get_one_session(database: Database) -> None:
    link = link_of(database)

    def enter(_: int) -> str | None:
        with database.write() as tx:
            return sign_ins.open_session(tx, link, NOW)

    with ThreadPoolExecutor(8) as pool:
        sessions = [each for each in pool.map(enter, range(8)) if each is not None]
    assert len(sessions) == 1


def test_a_new_calendar_ends_the_one_before(database: Database) -> None:
    with database.write() as tx:
        first = sign_ins.new_address(tx, Purpose.CALENDAR, "koordinator", NOW)
        second = sign_ins.new_address(tx, Purpose.CALENDAR, "koordinator", NOW + timedelta(days=1))
        assert sign_ins.find(tx, Purpose.CALENDAR, first, NOW + timedelta(days=1)) is None
        assert sign_ins.find(tx, Purpose.CALENDAR, second, NOW + timedelta(days=900)) == "koordinator"


def test_only_hashes_are_kept(database: Database) -> None:
    link = link_of(database)
    with database.read() as tx:
        row = tx.execute(tables.sign_ins.select()).one()
    assert link not in str(row) and len(row.hash) == 32


def test_pressing_again_and_again_fills_no_inbox(database: Database) -> None:
    with database.write() as tx:
        asked = [sign_ins.ask_for_link(tx, "koordinator", NOW + timedelta(seconds=20 * n)) for n in range(40)]
        assert sum(asked) == sign_ins.MOST_LINKS_AN_HOUR
        assert asked[:4] == [True, False, False, True], "one a minute"
        assert sign_ins.ask_for_link(tx, "koordinator", NOW + timedelta(hours=2))


def test_links_of_a_time_undone_do_not_lock_her_out(database: Database) -> None:
    with database.write() as tx:
        for number in range(sign_ins.MOST_LINKS_AN_HOUR):
            assert sign_ins.ask_for_link(tx, "koordinator", NOW + timedelta(days=1, minutes=number))
        assert sign_ins.ask_for_link(tx, "koordinator", NOW), "the clock went back by a day"
