"""Partners' dates as the database keeps them: each once, and in a newsletter only once somebody took them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from worker.agenda import dates
from worker.agenda.dates import CameBy, Offered, Standing
from worker.office import Office
from worker.sources.base import CalendarDate
from worker.store.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TALK = CalendarDate(day=date(2026, 12, 8), at=time(18), title="Beseda", place="Liberec", organiser="Spolek (ukázka)")


def offer(office: Office, given: CalendarDate, uid: str = "", came_by: CameBy = CameBy.FILE) -> Offered:
    with office.database.write() as tx:
        return dates.offer(tx, given, NOW, came_by=came_by, offered_by="Spolek", uid=uid)


def choose(office: Office, standing: Standing) -> None:
    with office.database.write() as tx:
        for row in dates.ahead(tx, NOW.date()):
            dates.choose(tx, row.id, standing)


def taken(database: Database, since: date, until: date) -> list[str]:
    with database.read() as tx:
        return [each.title for each in dates.taken_between(tx, since, until)]


def test_a_date_waits_until_it_is_taken_and_is_kept_once(office: Office) -> None:
    assert [offer(office, TALK), offer(office, TALK)] == [Offered.NEW, Offered.KNOWN]
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert taken(office.database, *year) == []
    choose(office, Standing.TAKEN)
    assert taken(office.database, *year) == ["Beseda"]
    assert offer(office, TALK) == Offered.KNOWN and taken(office.database, *year) == ["Beseda"]
    choose(office, Standing.LEFT_OUT)
    assert taken(office.database, *year) == []


def test_one_that_changed_since_is_looked_at_again(office: Office) -> None:
    offer(office, TALK, "1@spolek")
    choose(office, Standing.TAKEN)
    assert offer(office, replace(TALK, place="Jablonec"), "1@spolek") == Offered.CHANGED
    assert taken(office.database, TALK.day, TALK.day) == []
    assert offer(office, TALK, "2@spolek") == Offered.NEW


def test_what_the_coordinator_enters_is_taken_at_once(office: Office) -> None:
    offer(office, TALK, came_by=CameBy.COORDINATOR)
    assert taken(office.database, TALK.day, TALK.day) == ["Beseda"]


def test_a_span_finds_what_touches_it_in_order_of_time(office: Office) -> None:
    days = {
        "Výstava": replace(TALK, title="Výstava", day=date(2026, 11, 1), last_day=date(2026, 12, 1), at=None),
        "Večer": replace(TALK, title="Večer", at=time(20)),
        "Beseda": TALK,
        "Celý den": replace(TALK, title="Celý den", at=None),
        "Po": replace(TALK, title="Po", day=date(2026, 12, 20)),
    }
    for given in days.values():
        offer(office, given, came_by=CameBy.COORDINATOR)
    order = ["Výstava", "Celý den", "Beseda", "Večer"]
    assert taken(office.database, date(2026, 12, 1), date(2026, 12, 19)) == order
    assert taken(office.database, date(2026, 12, 2), date(2026, 12, 8)) == order[1:]


def test_no_more_than_so_many_may_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "MOST_OPEN", 1)
    assert offer(office, TALK) == Offered.NEW
    assert offer(office, replace(TALK, title="Druhá")) == Offered.FULL
    choose(office, Standing.LEFT_OUT)
    assert offer(office, replace(TALK, title="Druhá")) == Offered.NEW
