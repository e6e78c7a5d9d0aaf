"""One approved occurrence goes to every medium that takes its texts; what fails at one concerns no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from tests.contract.channel_worlds import example
from tests.fixtures.desk_plan import without_media
from tests.store.desk import SEND, approve, asked, at_work, notices_to, state, token, work_at
from worker import channels
from worker.approval import handed
from worker.approval.cases import AlreadyDecided, Unfinished
from worker.approval.handed import Report
from worker.jobs import finish, work
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.publishing import ledger
from worker.record import why
from worker.settings import Medium
from worker.store.tables import drafts, publications

PRESS = "tiskova-zprava/2026-12"
EDITOR = "redakce-webu"
SOON = SEND + timedelta(minutes=1)


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
    """An office with three media: its own public page, a shared folder, and a page that an editor fills."""
    media = [
        Medium(id="stranka", name="Veřejná stránka", channel="archive", takes=("press-release",), ours="ukázka"),
        Medium(
            id="slozka", name="Sdílená složka", channel="folder", takes=("press-release", "facebook-text"),
            ours="ukázka", options={"path": str(folder)},
        ),
        Medium(
            id="web", name="Web kraje", channel="handoff", takes=("facebook-text",), person=EDITOR, ours="ukázka",
            options={"days": 2},
        ),
    ]  # fmt: skip
    plan = office.settings.plan
    plan.write_text(without_media(plan.read_text(encoding="utf-8")), encoding="utf-8")
    return replace(office, media={each.id: each for each in media})


@pytest.fixture
def sent(spread: Office) -> Office:
    """Approved, and its send time has come."""
    asked(spread)
    approve(spread, token(spread, "tiskovy-mluvci"))
    play(spread, SEND)
    return spread


def play(office: Office, at: Any) -> None:
    """Everything due at `at`, what is sent beside it included."""
    with at_work(office, at) as current:
        work(current)
        finish(current)


def places(office: Office) -> dict[tuple[str, str], Row[Any]]:
    with office.database.read() as tx:
        found = select(publications, drafts.c.kind).join(drafts, drafts.c.id == publications.c.draft_id)
        return {(row.kind, row.medium): row for row in tx.execute(found)}


def hand_off(office: Office) -> str:
    """A new link to what the editor was handed."""
    row = places(office)["facebook-text", "web"]
    with office.database.write() as tx:
        return links.mint(
            tx, Purpose.PUBLISH, person=EDITOR, sent_to=office.person(EDITOR).email, occurrence_id=PRESS,
            package_id=None, now=SEND, publication_id=row.id,
        )  # fmt: skip


def story(office: Office) -> str:
    with office.database.read() as tx:
        return "\n".join(why.story(tx, office, PRESS, SOON) or [])


def test_one_approval_reaches_every_place_and_why_shows_each_with_its_address(sent: Office, folder: Path) -> None:
    found = places(sent)
    assert {place: row.state for place, row in found.items()} == {
        ("press-release", "stranka"): "published",
        ("press-release", "slozka"): "published",
        ("facebook-text", "slozka"): "published",
        ("facebook-text", "web"): "asked",
    }
    assert len(list(folder.glob("*.txt"))) == 2
    assert found["press-release", "stranka"].address == f"{sent.settings.base_url}/archiv/{PRESS}"
    (brought,) = notices_to(sent, EDITOR, "handoff")
    assert brought.data["where"] == "Kam patří: Web kraje."
    told = story(sent)
    assert "Veřejná stránka: zveřejněno 8. 12. 2026" in told and f"/archiv/{PRESS}" in told
    assert "Web kraje: zveřejní Redakce webu kraje" in told
    assert state(sent) == "done"


def test_nobody_else_is_handed_what_a_medium_takes(sent: Office) -> None:
    assert notices_to(sent, sent.settings.facebook, "handoff") == []


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
        assert ledger.resume_medium(tx, "slozka", SOON, person="koordinator")
    play(spread, SOON)
    assert {row.state for row in places(spread).values()} == {"published", "asked"}
    assert len(list(folder.glob("*.txt"))) == 2
    assert len(notices_to(spread, EDITOR, "handoff")) == 1


def test_what_was_under_way_at_a_crash_is_looked_for_before_anything_is_repeated(sent: Office, folder: Path) -> None:
    files = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    with sent.database.write() as tx:
        moved = publications.c.medium == "slozka"
        tx.execute(update(publications).where(moved).values(state="sending", address="", settled_at=None))
    play(sent, SOON)
    assert {row.state for row in places(sent).values() if row.medium == "slozka"} == {"unknown"}
    gone = next(folder.glob("*facebook-text*"))
    gone.unlink()
    play(sent, SOON + ledger.LOOK_AFTER)
    assert {row.state for row in places(sent).values() if row.medium == "slozka"} == {"published"}
    (kept,) = [name for name in files if "facebook" not in name]
    assert (folder / kept).stat().st_mtime_ns == files[kept]
    assert gone.exists()


def test_a_text_that_a_channel_refuses_is_told_and_tried_no_more(spread: Office, folder: Path) -> None:
    medium = spread.media["slozka"].model_copy(update={"options": {"path": str(folder), "longest": 5}})
    short = replace(spread, media={**spread.media, "slozka": medium})
    asked(short)
    approve(short, token(short, "tiskovy-mluvci"))
    play(short, SEND)
    assert {row.state for row in places(short).values() if row.medium == "slozka"} == {"failed"}
    assert len(notices_to(short, "koordinator", "publication_failed")) == 2
    assert state(short) == "done"


def test_where_it_goes_is_part_of_what_is_approved(spread: Office) -> None:
    asked(spread)
    approve(spread, token(spread, "tiskovy-mluvci"))
    other = replace(spread, media={key: spread.media[key] for key in ("stranka", "slozka")})
    work_at(other, SEND - timedelta(days=1))
    assert state(other) == "asked"


def test_the_editor_says_where_it_is_once(sent: Office) -> None:
    link = hand_off(sent)
    with pytest.raises(Unfinished):
        handed.report(sent, link, Report.OUT, SOON)
    with pytest.raises(Unfinished):
        handed.report(sent, link, Report.OUT, SOON, address="zítra")
    handed.report(sent, link, Report.OUT, SOON, address="https://www.example.org/aktuality/1")
    row = places(sent)["facebook-text", "web"]
    assert (row.state, row.address, row.settled_at) == ("published", "https://www.example.org/aktuality/1", SOON)
    with pytest.raises(AlreadyDecided):
        handed.report(sent, link, Report.NOT_THIS_TIME, SOON, note="omyl")
    assert "Web kraje: zveřejněno (zapisuje Redakce webu kraje). https://www.example.org/aktuality/1" in story(sent)


def test_not_this_time_takes_a_reason_and_may_still_come_out(sent: Office) -> None:
    link = hand_off(sent)
    with pytest.raises(Unfinished):
        handed.report(sent, link, Report.NOT_THIS_TIME, SOON)
    handed.report(sent, link, Report.NOT_THIS_TIME, SOON, note="není místo")
    assert places(sent)["facebook-text", "web"].state == "declined"
    handed.report(sent, link, Report.OUT, SOON, note="vyšlo v čísle 12 na straně 3")
    assert places(sent)["facebook-text", "web"].state == "published"


def test_whoever_says_nothing_is_reminded_once_and_then_the_coordinator_hears_of_it(sent: Office) -> None:
    for day in (2, 2, 3, 3, 9):
        play(sent, SOON + timedelta(days=day))
    assert len(notices_to(sent, EDITOR, "handoff_reminder")) == 1
    assert len(notices_to(sent, "koordinator", "handoff_late")) == 1


def test_nobody_is_reminded_of_what_is_out(sent: Office) -> None:
    handed.report(sent, hand_off(sent), Report.OUT, SOON, note="vyšlo")
    play(sent, SOON + timedelta(days=9))
    assert notices_to(sent, EDITOR, "handoff_reminder") == []
