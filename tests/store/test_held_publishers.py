"""Whoever has a text to publish is asked to wait while everything is held, and told when she may go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import requests
from sqlalchemy import update

from tests.fixtures.pages import pages
from tests.store.desk import at_work, end_hold, hold, notices_to
from tests.store.places import BOARD, EDITOR, MEDIA, PAGE, WEB, place, placed
from tests.store.sample import NOW, PRESS
from worker.jobs.release_held import ReleaseHeld
from worker.jobs.remind_publishers import RemindPublishers
from worker.notices import links, queue, render
from worker.notices.links import Purpose, address
from worker.office import Office
from worker.planning.current import plan_on_file
from worker.publishing import ledger, settling
from worker.store.states import PublicationState
from worker.store.tables import drafts, occurrences, packages, publications

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it makes no difference to any of this
P = PublicationState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def own(office: Office) -> Office:
    return replace(office, media=MEDIA)


def release(office: Office, at: datetime) -> None:
    end_hold(office, at)
    with at_work(office, at) as current:
        current.plan = plan_on_file(replace(office, media={}))
        while ReleaseHeld().do_one(current, at):
            pass


def test_she_is_asked_to_wait_and_told_when_it_is_over(own: Office) -> None:
    placed(own, P.ASKED, WEB, deadline=NOW + 2 * DAY)
    placed(own, P.ASKED, BOARD, deadline=NOW + 2 * DAY)
    placed(own, P.PUBLISHED, PAGE)
    hold(own, NOW, NOW + 3 * DAY)
    (asked,) = notices_to(own, EDITOR, "hold_stops_publishing")
    assert asked.data["places"] == "Web kraje\n\nNástěnka" and asked.data["reason"] == "státní smutek"
    assert notices_to(own, "koordinator", "hold_stops_publishing") == [], "what is out stays out"
    release(own, NOW + DAY)
    (told,) = notices_to(own, EDITOR, "hold_over_publish")
    assert told.data["places"] == asked.data["places"]
    hold(own, NOW + 2 * DAY, NOW + 4 * DAY)
    assert len(notices_to(own, EDITOR, "hold_stops_publishing")) == 2, "each hold asks anew"


def test_the_coordinator_hears_in_the_end_what_only_she_lets_go_on(own: Office) -> None:
    placed(own, P.QUEUED, PAGE, due_at=NOW)
    hold(own, NOW, NOW + 3 * DAY)
    release(own, NOW + DAY)
    (told,) = notices_to(own, "koordinator", "hold_ended")
    assert f"hlasatel delivery resume {PRESS}" in told.data["stopped"]


def test_what_came_out_meanwhile_is_not_told_of_again(own: Office) -> None:
    number = placed(own, P.ASKED)
    hold(own, NOW, NOW + 3 * DAY)
    with own.database.write() as tx:
        settling.told_out(tx, place(own, number), NOW, address="", note="vyšlo", person=EDITOR)
    release(own, NOW + DAY)
    assert notices_to(own, EDITOR, "hold_over_publish") == []


@pytest.mark.parametrize("crisis", [False, True])
def test_nobody_is_reminded_of_what_she_was_asked_to_keep_back(own: Office, crisis: bool) -> None:
    placed(own, P.ASKED, deadline=NOW + HOUR)
    with own.database.write() as tx:
        tx.execute(update(occurrences).values(crisis=crisis))
    hold(own, NOW, NOW + 3 * DAY)
    with at_work(own, NOW + DAY) as current:
        while RemindPublishers().do_one(current, NOW + DAY):
            pass
    assert bool(notices_to(own, EDITOR, "handoff_reminder")) == crisis


@pytest.mark.parametrize("state", [P.PUBLISHED, P.SENDING, P.UNKNOWN, P.FAILED, P.WITHDRAWN])
def test_a_new_version_goes_where_the_old_one_is_not_and_surely_is_not(own: Office, state: PublicationState) -> None:
    placed(own, state, WEB)
    with own.database.write() as tx:
        package = tx.execute(packages.select()).one()
        old = tx.execute(drafts.select()).one()._asdict()
        columns = {key: value for key, value in package._asdict().items() if key != "id"}
        places = {"facebook-text": {each.id: {"name": each.name, "channel": "handoff"} for each in (WEB, BOARD)}}
        columns |= {"version": 2, "places": places}
        second = tx.execute(packages.insert().values(columns).returning(packages)).one()
        draft = tx.execute(
            drafts.insert().values(
                {key: value for key, value in old.items() if key != "id"} | {"package_id": second.id}
            ).returning(drafts)
        ).one()  # fmt: skip
        occurrence = tx.execute(occurrences.select()).one()
        ledger.begin(tx, own, occurrence, second, draft, NOW, None)
        begun = tx.execute(publications.select().where(publications.c.draft_id == draft.id)).all()
    again = set() if state in (P.PUBLISHED, P.SENDING, P.UNKNOWN) else {"web"}
    assert {row.medium for row in begun} == again | {"nastenka"}


def test_her_page_says_that_it_is_called_off_and_still_takes_her_word(own: Office) -> None:
    number = placed(own, P.WITHDRAWN, reason="Údaje nejsou ověřené.", settled_at=NOW)
    with own.database.write() as tx:
        token = links.mint(
            tx, Purpose.PUBLISH, person=EDITOR, sent_to=own.person(EDITOR).email, occurrence_id=PRESS, package_id=None,
            now=NOW, publication_id=number,
        )  # fmt: skip
    with pages(own, NOW) as served:
        where = address(served.settings.base_url, Purpose.PUBLISH, token)
        shown = requests.get(where, timeout=10).text.replace("\u00a0", " ")
        assert "Text je odvolaný." in shown and "Údaje nejsou ověřené." in shown
        form = {"how": "out", "note": "vyšlo už včera", "place": str(number)}
        assert requests.post(where, data=form, timeout=10).status_code == 200
    assert place(own, number).state == "published"


def test_her_page_says_that_everything_is_held(own: Office) -> None:
    number = placed(own, P.ASKED)
    with own.database.write() as tx:
        token = links.mint(
            tx, Purpose.PUBLISH, person=EDITOR, sent_to=own.person(EDITOR).email, occurrence_id=PRESS, package_id=None,
            now=NOW, publication_id=number,
        )  # fmt: skip
    with pages(own, NOW) as served:
        where = address(served.settings.base_url, Purpose.PUBLISH, token)
        assert "zatím nezveřejňujte" not in requests.get(where, timeout=10).text
        hold(own, NOW, NOW + DAY)
        assert "zatím nezveřejňujte" in requests.get(where, timeout=10).text


@pytest.mark.parametrize("kind", ["text_called_off", "take_down", "hold_stops_publishing", "hold_over_publish"])
def test_each_mail_names_the_places_and_what_to_do(own: Office, kind: str) -> None:
    placed(own, P.ASKED)
    with own.database.write() as tx:
        queue.put(
            tx, "k", kind, EDITOR, NOW, occurrence_id=PRESS, places="Web kraje: https://www.example.org/1",
            reason="Údaje nejsou ověřené.", until="8:00 ve středu 9. prosince 2026 (SEČ)",
        )  # fmt: skip
    (notice,) = notices_to(own, EDITOR, kind)
    with own.database.read() as tx:
        shown = render.view(tx, own, notice, NOW)
    text = "\n".join(each.text for each in shown.paragraphs)
    assert "https://www.example.org/1" in text and "prosím" in shown.subject + text
