"""Twice a year whoever keeps a list is asked, reminded once, then the coordinator is told; who confirmed is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import select

from tests.store.desk import at_work
from tests.store.planned import told
from tests.store.sample import NOW, add_people, address
from tests.store.test_story_page import visiting, words
from worker.audience.suppression import Reason, suppress
from worker.audience.upkeep import reviews
from worker.jobs.confirm_lists import ConfirmLists
from worker.notices import sign_ins
from worker.office import Office
from worker.store.tables import events, list_reviews, memberships

MARCH = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague on the first working day of March 2027."""
REMINDED, TOLD = MARCH + reviews.REMINDED_AFTER, MARCH + reviews.TOLD_AFTER


@pytest.fixture
def peopled(office: Office) -> Office:
    """The spokeswoman keeps two lists with members, the coordinator one."""
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [1, 2])
        add_people(tx, "media-celostatni", [2])
        add_people(tx, "obce", [3])
    return office


def work(office: Office, now: datetime) -> list[tuple[str, str]]:
    """All that the job does at `now`: kinds and people of the mails it queues, beside those before."""
    with at_work(office, now) as shift:
        while ConfirmLists().do_one(shift, now):
            pass
    kinds = ("lists_review", "lists_reminder", "lists_unconfirmed")
    return [(each, mail.person) for each in kinds for mail in told(office, each)]


def confirm(office: Office, list_id: str, now: datetime, person: str = "tiskovy-mluvci") -> bool:
    with office.database.write() as tx:
        return reviews.confirm(tx, list_id, person, now)


def test_every_owner_is_asked_once_in_march_and_september(peopled: Office) -> None:
    assert work(peopled, MARCH - timedelta(seconds=1)) == []
    assert work(peopled, MARCH) == [("lists_review", "koordinator"), ("lists_review", "tiskovy-mluvci")]
    assert len(work(peopled, MARCH + timedelta(days=1))) == 2
    mail = told(peopled, "lists_review")[1]
    assert mail.data["count"] == 2 and mail.data["names"] == "Regionální média\n\nCelostátní média"
    assert address(1) not in json.dumps(mail.data)
    september = datetime(2027, 9, 1, 6, 0, tzinfo=UTC)
    assert len([each for each, _ in work(peopled, september) if each == "lists_review"]) == 4


def test_who_keeps_no_list_with_members_is_not_asked(office: Office) -> None:
    assert work(office, MARCH) == []


def test_an_office_that_begins_in_between_is_not_asked_before_the_next_half_year(peopled: Office) -> None:
    assert work(peopled, NOW) == []
    assert work(peopled, MARCH - timedelta(days=3)) == []
    assert work(peopled, TOLD) == [], "nor when there would be no time left to answer"


def test_a_reminder_goes_once_and_then_the_coordinator_is_told(peopled: Office) -> None:
    work(peopled, MARCH)
    confirm(peopled, "media-celostatni", MARCH)
    confirm(peopled, "obce", MARCH, "koordinator")
    assert len(work(peopled, REMINDED - timedelta(seconds=1))) == 2
    assert work(peopled, REMINDED)[2:] == [("lists_reminder", "tiskovy-mluvci")]
    assert told(peopled, "lists_reminder")[0].data["names"] == "Regionální média"
    assert len(work(peopled, TOLD - timedelta(seconds=1))) == 3
    assert work(peopled, TOLD)[3:] == [("lists_unconfirmed", "koordinator")]
    assert told(peopled, "lists_unconfirmed")[0].data["names"] == "Regionální média (vede Tisková mluvčí)"
    assert len(work(peopled, TOLD + timedelta(days=20))) == 4


def test_nobody_is_reminded_of_what_is_confirmed(peopled: Office) -> None:
    work(peopled, MARCH)
    for each in ("media-regionalni", "media-celostatni", "obce"):
        assert confirm(peopled, each, MARCH + timedelta(days=1)) is True
    assert len(work(peopled, REMINDED)) == len(work(peopled, TOLD)) == 2


def test_who_confirmed_is_recorded_and_only_what_waits_is_confirmed(peopled: Office) -> None:
    assert confirm(peopled, "obce", MARCH) is False, "nobody asked"
    work(peopled, MARCH)
    assert [confirm(peopled, "obce", MARCH, "koordinator") for _ in range(2)] == [True, False]
    with peopled.database.read() as tx:
        [event] = tx.execute(select(events).where(events.c.kind == "list.confirmed")).all()
        row = tx.execute(select(list_reviews).where(list_reviews.c.list_id == "obce")).one()
    assert (event.person, json.loads(event.data)) == ("koordinator", {"list": "obce", "period": "2027-H1"})
    assert (row.confirmed_by, row.confirmed_at, row.period) == ("koordinator", MARCH, "2027-H1")


def test_the_next_instant_is_a_half_year_or_somebody_waiting(peopled: Office) -> None:
    with at_work(peopled, MARCH) as shift:
        job = ConfirmLists()
        assert job.next_at(shift, NOW) == MARCH
        while job.do_one(shift, MARCH):
            pass
        assert job.next_at(shift, MARCH) == REMINDED
        assert job.next_at(shift, REMINDED) == TOLD
        assert job.next_at(shift, TOLD) == datetime(2027, 9, 1, 6, 0, tzinfo=UTC)


def link(office: Office, person: str, now: datetime) -> str:
    with office.database.write() as tx:
        return f"/seznamy/{sign_ins.mint(tx, sign_ins.Purpose.LISTS, person, now)}"


def test_the_page_shows_numbers_and_no_recipient_and_one_button_confirms(peopled: Office) -> None:
    work(peopled, MARCH)
    confirm(peopled, "media-celostatni", MARCH)
    with peopled.database.write() as tx:
        suppress(tx, peopled, address(1), Reason.BOUNCE, MARCH)
        tx.execute(memberships.update().where(memberships.c.list_id == "media-celostatni").values(since=REMINDED))
    with visiting(peopled, None, at=REMINDED) as visit:
        path = link(peopled, "tiskovy-mluvci", REMINDED)
        page = words(visit.get(path))
        assert "Regionální média" in page and "přibylo 1, odhlásilo se 0" in page and "Obce" not in page
        assert not any(told_of in page for number in (1, 2, 3) for told_of in (address(number), f"Člověk {number}"))
        assert page.count('<button name="list"') == 1
        for _ in range(3):
            visit.get(path)
        assert len(_open(peopled)) == 2, "a GET confirms nothing"
        foreign = requests.post(visit.base + path, data={"list": "obce"}, timeout=10)
        assert foreign.status_code == 404 and len(_open(peopled)) == 2, "somebody else's list"
        done = requests.post(visit.base + path, data={"list": "media-regionalni"}, timeout=10)
        assert done.status_code == 200 and "seznam „Regionální média“ je potvrzený" in words(done)
        again = requests.post(visit.base + path, data={"list": "media-regionalni"}, timeout=10)
        assert again.status_code == 409 and "nic se nezměnilo" in words(again)
        assert visit.get("/seznamy/neznamy").status_code == 404
    assert _open(peopled) == ["obce"]


def _open(office: Office) -> list[str]:
    with office.database.read() as tx:
        return [each.list_id for each in reviews.unanswered(tx, REMINDED)]


def test_a_link_ends_and_the_coordinator_confirms_what_nobody_did(peopled: Office) -> None:
    work(peopled, MARCH)
    with visiting(peopled, None, at=TOLD) as visit:
        own = link(peopled, "koordinator", TOLD)
        assert "Regionální média" in visit.get(own).text
        done = requests.post(visit.base + own, data={"list": "media-regionalni"}, timeout=10)
        assert done.status_code == 200
        assert visit.get(link(peopled, "tiskovy-mluvci", TOLD - timedelta(days=60))).status_code == 404
        assert visit.get(link(peopled, "nekdo-jiny", TOLD)).status_code == 404
