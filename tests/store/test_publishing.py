"""One approved occurrence goes to every medium that takes its texts; what fails at one concerns no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from tests.contract.channel_worlds import example
from tests.fixtures.desk_plan import without_media
from tests.store.desk import ASKED, SEND, approve, asked, at_work, notices_to, state, token, work_at
from tests.store.places import BOARD, EDITOR, MEDIA, WEB, place, placed
from tests.store.sample import NOW, PRESS
from worker import channels
from worker.approval import handed
from worker.approval.cases import AlreadyDecided, Unfinished
from worker.approval.handed import Report
from worker.channels.email import Taken
from worker.jobs import finish, work
from worker.jobs.publish import Publish
from worker.jobs.remind_publishers import PATIENCE, RemindPublishers
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.publishing import ledger, rests
from worker.record import why
from worker.rehearsal.instants import next_instant
from worker.rehearsal.people import Manner, People
from worker.settings import Medium
from worker.store.states import PublicationState
from worker.store.tables import drafts, publications

SOON = SEND + timedelta(minutes=1)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shared folder, and the channel of the docs that writes into it among the product's own."""
    code, shared = tmp_path / "more", tmp_path / "shared"
    code.mkdir()
    shared.mkdir()
    (code / "folder_of_the_docs.py").write_text(example(), encoding="utf-8")
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(code)])
    channels._found.cache_clear()
    yield shared
    channels._found.cache_clear()


@pytest.fixture
def spread(office: Office, folder: Path) -> Office:
    """An office whose media are its own public page, two shared folders, and a page that an editor fills."""
    media = [
        Medium(id="stranka", name="Veřejná stránka", channel="archive", takes=("press-release",), ours="ukázka"),
        Medium(
            id="slozka", name="Sdílená složka", channel="folder", takes=("press-release", "facebook-text"),
            ours="ukázka", options={"path": str(folder)},
        ),
        Medium(
            id="radek", name="Světelný řádek", channel="folder", takes=("press-release",), ours="ukázka",
            options={"path": str(folder), "longest": 5},
        ),
        WEB,
    ]  # fmt: skip
    return with_media(office, *media)


def with_media(office: Office, *media: Medium) -> Office:
    plan = office.settings.plan
    plan.write_text(without_media(plan.read_text(encoding="utf-8")), encoding="utf-8")
    return replace(office, media={each.id: each for each in media})


def play(office: Office, at: Any) -> None:
    """Everything due at `at`, what is sent beside it included."""
    with at_work(office, at) as current:
        work(current)
        finish(current)


def publish(office: Office, at: Any) -> None:
    """What publishing alone has to do at `at`."""
    with at_work(office, at) as current:
        while Publish().do_one(current, at) or Publish().wait(current):
            pass


def places(office: Office) -> dict[tuple[str, str], Row[Any]]:
    with office.database.read() as tx:
        found = select(publications, drafts.c.kind).join(drafts, drafts.c.id == publications.c.draft_id)
        return {(row.kind, row.medium): row for row in tx.execute(found)}


def test_one_approval_reaches_every_place_and_why_shows_each_with_its_address(spread: Office, folder: Path) -> None:
    asked(spread)
    approve(spread, token(spread, "tiskovy-mluvci"))
    play(spread, SEND)
    found = places(spread)
    assert {place: row.state for place, row in found.items()} == {
        ("press-release", "stranka"): "published",
        ("press-release", "slozka"): "published",
        ("press-release", "radek"): "failed",
        ("facebook-text", "slozka"): "published",
        ("facebook-text", "web"): "asked",
    }
    assert len(list(folder.glob("*.txt"))) == 2
    assert found["press-release", "stranka"].address == f"{spread.settings.base_url}/archiv/{PRESS}"
    (brought,) = notices_to(spread, EDITOR, "handoff")
    assert brought.data["where"] == "Kam patří: Web kraje."
    assert notices_to(spread, spread.settings.facebook, "handoff") == [], (
        "a medium takes it, so nobody else is handed it"
    )
    (told,) = notices_to(spread, "koordinator", "publication_failed")
    assert told.data["medium"] == "Světelný řádek" and "vejde se 5" in told.data["reason"]
    with spread.database.read() as tx:
        story = "\n".join(why.story(tx, spread, PRESS, SOON) or [])
    assert "Veřejná stránka: zveřejněno 8. 12. 2026" in story and f"/archiv/{PRESS}" in story
    assert "Web kraje: zveřejní Redakce webu kraje" in story
    assert "Web kraje: Text na Facebook dostane Redakce webu kraje." in story.replace("\u00a0", " ")
    assert state(spread) == "done"


def test_what_fails_at_one_place_concerns_no_other_and_it_alone_is_tried_again(spread: Office, folder: Path) -> None:
    asked(spread)
    approve(spread, token(spread, "tiskovy-mluvci"))
    folder.rename(folder.with_name("away"))
    play(spread, SEND)
    found = places(spread)
    assert found["press-release", "slozka"].state == found["facebook-text", "slozka"].state == "queued"
    assert found["press-release", "stranka"].state == "published"
    assert found["facebook-text", "web"].state == "asked"
    (told,) = notices_to(spread, "koordinator", "medium_stopped")
    assert "Zpřístupněte ji" in told.data["reason"] and told.data["medium"] == "Sdílená složka"
    folder.with_name("away").rename(folder)
    play(spread, SOON)
    assert list(folder.iterdir()) == []
    with spread.database.write() as tx:
        assert rests.resume(tx, "slozka", SOON, person="koordinator")
    play(spread, SOON)
    assert {row.state for row in places(spread).values() if row.medium != "radek"} == {"published", "asked"}
    assert len(list(folder.glob("*.txt"))) == 2
    assert len(notices_to(spread, EDITOR, "handoff")) == 1


def test_what_was_under_way_at_a_crash_is_looked_for_before_anything_is_repeated(spread: Office, folder: Path) -> None:
    other = spread.media["slozka"].model_copy(update={"id": "druha"})
    spread = replace(spread, media={**spread.media, other.id: other})
    out = placed(spread, PublicationState.SENDING, spread.media["slozka"], deadline=NOW + PATIENCE)
    lost = placed(spread, PublicationState.SENDING, other, deadline=NOW + PATIENCE)
    there = folder / f"{PRESS}/facebook-text/slozka.txt".replace("/", "_")
    there.write_text("Jak ho napsal předchůdce.", encoding="utf-8")
    publish(spread, NOW)
    assert (place(spread, out).state, place(spread, lost).state) == ("unknown", "unknown")
    publish(spread, NOW + ledger.LOOK_AFTER)
    assert (place(spread, out).state, place(spread, lost).state) == ("published", "published")
    assert there.read_text(encoding="utf-8") == "Jak ho napsal předchůdce."
    assert {file.name.rpartition("_")[2] for file in folder.iterdir()} == {"slozka.txt", "druha.txt"}


def test_where_it_goes_is_part_of_what_is_approved(asked_office: Office) -> None:
    approve(asked_office, token(asked_office, "tiskovy-mluvci"))
    assert state(asked_office) == "approved"
    work_at(with_media(asked_office, WEB), ASKED)
    assert state(asked_office) == "asked"


@pytest.fixture
def own(office: Office) -> Office:
    """One that has handed the editor a text, which should be out two days later."""
    office = replace(office, media=MEDIA)
    placed(office, PublicationState.ASKED, deadline=NOW + timedelta(days=2), due_at=None)
    return office


def hand_off(office: Office, kind: str = "facebook-text") -> str:
    """A new link to what the editor was handed."""
    with office.database.write() as tx:
        return links.mint(
            tx, Purpose.PUBLISH, person=EDITOR, sent_to=office.person(EDITOR).email, occurrence_id=PRESS,
            package_id=None, now=NOW, publication_id=places(office)[kind, "web"].id,
        )  # fmt: skip


@on_sqlite
def test_the_editor_says_where_it_is_once(own: Office) -> None:
    link = hand_off(own)
    with pytest.raises(Unfinished):
        handed.report(own, link, Report.OUT, NOW)
    with pytest.raises(Unfinished):
        handed.report(own, link, Report.OUT, NOW, address="zítra")
    handed.report(own, link, Report.OUT, NOW, address="https://www.example.org/aktuality/1")
    row = places(own)["facebook-text", "web"]
    assert (row.state, row.address, row.settled_at) == ("published", "https://www.example.org/aktuality/1", NOW)
    with pytest.raises(AlreadyDecided):
        handed.report(own, link, Report.NOT_THIS_TIME, NOW, note="omyl")


@on_sqlite
def test_not_this_time_takes_a_reason_and_may_still_come_out(own: Office) -> None:
    link = hand_off(own)
    with pytest.raises(Unfinished):
        handed.report(own, link, Report.NOT_THIS_TIME, NOW)
    handed.report(own, link, Report.NOT_THIS_TIME, NOW, note="není místo")
    assert places(own)["facebook-text", "web"].state == "declined"
    handed.report(own, link, Report.OUT, NOW, note="vyšlo v čísle 12 na straně 3")
    assert places(own)["facebook-text", "web"].state == "published"


def remind(office: Office, days: int) -> None:
    with at_work(office, NOW + timedelta(days=days)) as current:
        while RemindPublishers().do_one(current, current.clock.now()):
            pass


@on_sqlite
def test_whoever_says_nothing_is_reminded_once_and_then_the_coordinator_hears_of_it(own: Office) -> None:
    with at_work(own) as current:
        ahead = RemindPublishers().next_at(current, NOW)
        assert ahead == NOW + timedelta(days=2)
        assert RemindPublishers().next_at(current, ahead) == ahead + PATIENCE
        assert RemindPublishers().next_at(current, ahead + PATIENCE) is None
    remind(own, 1)
    assert notices_to(own, EDITOR, "handoff_reminder") == []
    for days in (2, 2, 3, 3, 9):
        remind(own, days)
    assert len(notices_to(own, EDITOR, "handoff_reminder")) == 1
    assert len(notices_to(own, "koordinator", "handoff_late")) == 1


@on_sqlite
def test_a_clock_that_jumps_stops_where_a_text_may_go_out_and_where_somebody_is_reminded(own: Office) -> None:
    embargo = NOW + timedelta(hours=3)
    placed(own, PublicationState.QUEUED, BOARD, due_at=embargo)
    stops, last = [NOW], NOW + timedelta(days=2) + PATIENCE
    with at_work(own) as current:
        while (at := next_instant(current, stops[-1])) is not None and at <= last:
            stops.append(at)
    assert {embargo, NOW + timedelta(days=2), last} <= set(stops)


@on_sqlite
def test_in_a_rehearsal_whoever_is_handed_two_texts_tells_of_both(own: Office) -> None:
    with own.database.write() as tx:
        first = tx.execute(select(drafts)).one()
        second = {**first._mapping, "id": first.id + 1, "kind": "news-item", "position": 1}
        tx.execute(insert(drafts).values(second))
        row = {**tx.execute(select(publications)).one()._mapping, "id": 2, "draft_id": second["id"]}
        tx.execute(insert(publications).values(row))
    people = People(own, Manner.ALWAYS)
    told = [
        links.address(own.settings.base_url, Purpose.PUBLISH, hand_off(own, kind)) for kind in (first.kind, "news-item")
    ]
    people.read([Taken(own.person(EDITOR).email, f"Subject: x\n\n{link}\n".encode()) for link in told], NOW)
    people.act(NOW + timedelta(days=1))
    assert {row.state for row in places(own).values()} == {"published"}


@on_sqlite
def test_nobody_is_reminded_of_what_is_out(own: Office) -> None:
    handed.report(own, hand_off(own), Report.OUT, NOW, note="vyšlo")
    remind(own, 9)
    assert notices_to(own, EDITOR, "handoff_reminder") == notices_to(own, "koordinator", "handoff_late") == []
