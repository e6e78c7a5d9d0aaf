"""A person's choices: what was missed is sent after all, moved, dropped, or noted as done elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, PROJECT, Office

APPROVE = {"decision": "approve", "comment": ""}
MISSED_AT = "2026-12-08T12:01"
SPOKESWOMAN = "mluvci@liberecky-kraj.example.org"


def _state(office: Office, occurrence: str) -> str:
    entries = json.loads(office.run("timetable", "--format", "json"))
    return str(next(entry["state"] for entry in entries if entry["id"] == occurrence))


def test_what_was_missed_is_sent_after_a_new_approval(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    office.tick(MISSED_AT)
    assert _state(office, PRESS_RELEASE) == "missed"
    missed = office.mails_about(PRESS_RELEASE, to="koordinator@liberecky-kraj.example.org")[-1]
    assert "occurrence send-now" in missed.text
    with office.web("2026-12-09T10:00"):
        link = office.link(PRESS_RELEASE, "volba")
        seen = re.search(r'name="seen" value="([^"]+)"', requests.get(link, timeout=10).text)
        assert seen is not None
        choice = {"choice": "ask", "reason": "stále platí", "seen": seen[1]}
        assert "dostává e-mail s odkazem" in requests.post(link, data=choice, timeout=10).text.replace("\u00a0", " ")
    office.tick("2026-12-09T10:01")
    again = office.mails_about(PRESS_RELEASE)[-1]
    assert again.subject.startswith("Nová verze ke schválení do 9. 12. 12:00"), "by its deadline: the send time is over"
    assert re.search(r"Odejde: +hned po schválení", again.text.replace("\u00a0", " "))
    assert "9.\u00a0prosince 2026" in again.text, "the draft names the new day"
    assert office.delivered(PRESS_RELEASE) == []
    with office.web("2026-12-09T10:05"):
        assert requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10).status_code == 200
    office.tick("2026-12-09T10:06")
    assert len(office.delivered(PRESS_RELEASE)) == 1
    assert "stále platí" in office.run("why", PRESS_RELEASE)
    file = office.folder / "spis.html"
    office.run("record", "export", PRESS_RELEASE, "--out", str(file))
    assert "stále platí" in file.read_text(encoding="utf-8")
    office.run("record", "export", "tiskova-zprava/1999-12", code=1)


@pytest.mark.long
def test_moved_and_dropped_and_done(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick("2026-11-21T12:00")
    at = ("--now", "2026-11-22T12:00")
    office.run("occurrence", "move", PRESS_RELEASE, "2026-12-15", "--reason", "jednání Rady", *at)
    office.run("occurrence", "drop", "newsletter/2026", "--reason", "nebude", *at)
    office.run(
        "occurrence", "done", "tiskova-zprava/2025-09", "--reason", "vyšla", "--url", "https://www.example.org/z", *at
    )
    told = office.run("occurrence", "send-now", "magazin-kraj/2026-Q4", "--reason", "vychází dřív", *at)
    assert "je úkol" in told and "schvalovatel" not in told
    office.tick("2026-11-23T12:00")
    entries = {entry["id"]: entry for entry in json.loads(office.run("timetable", "--format", "json"))}
    assert entries[PRESS_RELEASE]["send_at"] == "2026-12-15T10:00:00+01:00"
    assert entries["newsletter/2026"]["state"] == "dropped"
    assert entries["tiskova-zprava/2025-09"]["state"] == "done"
    office.tick(ASKED_AT)
    assert office.mails_about(PRESS_RELEASE, to=SPOKESWOMAN) == [], "asked before its new time"
    assert office.mails_about("newsletter/2026", to=SPOKESWOMAN) == []


@pytest.mark.long
def test_a_choice_that_is_not_open_is_refused_with_a_sentence(sqlite_office: Office) -> None:
    office = sqlite_office
    office.run("occurrence", "drop", PRESS_RELEASE, "--reason", "x", code=1)
    office.tick("2026-11-21T12:00")
    office.run("occurrence", "move", PRESS_RELEASE, "2020-01-01", "--reason", "x", code=1)
    office.run("occurrence", "drop", "newsletter/2024", "--reason", "x", code=1)
    office.run("occurrence", "done", "newsletter/2024", "--reason", "x", "--url", "javascript:x", code=1)
    office.run("occurrence", "drop", PRESS_RELEASE, code=2)
    office.run("occurrence", "drop", PRESS_RELEASE, "--reason", "x", "--by", "nikdo", code=1)


def _own_plan(office: Office) -> Path:
    shutil.copytree(PROJECT / "config", office.folder / "config")
    return Path(shutil.copy(PROJECT / "schedules.yaml", office.folder))


@pytest.mark.long
def test_no_edit_of_the_plan_revives_what_a_person_dropped_or_moves_what_she_moved(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = _own_plan(office)
    own = str(plan)
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=own)
    at = ("--now", "2026-12-01T11:00")
    office.run("occurrence", "drop", PRESS_RELEASE, "--reason", "nebude", *at, HLASATEL_PLAN=own)
    office.run("occurrence", "move", "newsletter/2026", "2026-12-16", "--reason", "později", *at, HLASATEL_PLAN=own)
    before = len(office.mails_about(PRESS_RELEASE))  # without the one that tells of the drop, which goes out below
    with plan.open("a", encoding="utf-8") as file:
        file.write("# poznámka\n")
    office.run("tick", "--now", "2026-12-01T12:00", HLASATEL_PLAN=own)
    assert _state(office, PRESS_RELEASE) == "dropped"
    (told,) = office.mails_about(PRESS_RELEASE)[before:]
    assert str(told.message["Subject"]).startswith("Neodejde:")
    entries = {
        entry["id"]: entry for entry in json.loads(office.run("timetable", "--format", "json", HLASATEL_PLAN=own))
    }
    assert entries["newsletter/2026"]["send_at"] == "2026-12-16T10:00:00+01:00"


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_what_was_returned_and_is_moved_still_waits_for_its_rework(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        decision = {"decision": "return", "comment": "prosím kratší"}
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=decision, timeout=10)
    office.tick("2026-12-01T10:05")
    office.run("occurrence", "send-now", PRESS_RELEASE, "--reason", "x", "--now", "2026-12-01T10:06", code=1)
    office.run("occurrence", "move", PRESS_RELEASE, "2026-12-15", "--reason", "víc času", "--now", "2026-12-01T10:06")
    asked = len(office.mails_about(PRESS_RELEASE))
    office.tick("2026-12-09T10:00")
    assert _state(office, PRESS_RELEASE) == "returned"
    assert len(office.mails_about(PRESS_RELEASE)) == asked, "the rejected text was asked for again"
    with office.web("2026-12-09T10:00"):
        page = requests.get(office.link(PRESS_RELEASE, "uprava"), timeout=10)
        assert page.status_code == 200
        assert "prosím kratší" in page.text


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_what_was_missed_before_it_was_drafted_can_be_sent_now(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick("2026-11-21T12:00")
    office.tick(MISSED_AT)
    office.run("occurrence", "send-now", PRESS_RELEASE, "--reason", "výpadek", "--now", "2026-12-08T13:00")
    office.tick("2026-12-08T13:01")
    with office.web("2026-12-08T13:02"):
        assert requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10).status_code == 200
    office.tick("2026-12-08T13:03")
    assert len(office.delivered(PRESS_RELEASE)) == 1


@pytest.mark.long
def test_a_faulty_edit_keeps_nobody_from_choosing(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = _own_plan(office)
    own = str(plan)
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=own)
    with plan.open("a", encoding="utf-8") as file:
        file.write("bad: [\n")
    assert PRESS_RELEASE in office.run("timetable", "--format", "json", HLASATEL_PLAN=own)
    office.run(
        "occurrence",
        "move",
        PRESS_RELEASE,
        "2026-12-15",
        "--reason",
        "x",
        "--now",
        "2026-12-01T11:00",
        HLASATEL_PLAN=own,
    )
    office.run("timetable", "--from", "zítra", code=2, HLASATEL_PLAN=own)
    office.run("tick", "--now", "zítra", code=2, HLASATEL_PLAN=own)
