"""Silence never approves: reminders, the deputy, late approvals, missed deadlines, and what a first start finds."""

from __future__ import annotations

import json
import re

import pytest
import requests

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office

SPOKESPERSON = "mluvci@liberecky-kraj.example.org"
DEPUTY = "zastupce-mluvci@liberecky-kraj.example.org"
COORDINATOR = "koordinator@liberecky-kraj.example.org"
APPROVE = {"decision": "approve", "comment": ""}


def _state(office: Office, occurrence: str) -> str:
    entries = json.loads(office.run("timetable", "--format", "json"))
    return str(next(entry["state"] for entry in entries if entry["id"] == occurrence))


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_reminded_then_the_deputy_then_alerted_then_missed(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    for now in (ASKED_AT, "2026-12-04T10:00", "2026-12-04T11:00", "2026-12-07T10:00", "2026-12-07T16:00", SENT_AT):
        office.tick(now)
    subjects = [mail.subject for mail in office.mails_about(PRESS_RELEASE, to=SPOKESPERSON)]
    assert [subject.split(",")[0].split(" do ")[0] for subject in subjects] == ["Ke schválení", "Připomenutí"]
    hers = office.mails_about(PRESS_RELEASE, to=SPOKESPERSON)
    links = {link for mail in hers for link in re.findall(r"/schvaleni/(\S+)", mail.text)}
    assert len(links) == 2, "each mail carries a link of its own"
    others = [mail for mail in office.mails_about(PRESS_RELEASE) if mail.recipient != SPOKESPERSON]
    assert any("v zastoupení" in mail.subject.replace("\xa0", " ") for mail in others)
    told = [mail.subject for mail in office.mails_about(PRESS_RELEASE, to=COORDINATOR)]
    assert [subject.split(":")[0] for subject in told] == ["Zatím neschváleno", "Neodesláno, chybí schválení"]
    office.tick("2026-12-08T12:00:30")
    assert _state(office, PRESS_RELEASE) == "missed"
    assert _state(office, NEWSLETTER) == "asked"
    assert office.delivered(PRESS_RELEASE) == []
    assert office.mails_about(PRESS_RELEASE, to=COORDINATOR)[-1].subject.startswith("Zmeškáno")


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_late_approval_sends_at_once_and_the_page_says_so(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    office.tick(SENT_AT)
    with office.web("2026-12-08T11:00"):
        link = office.link(PRESS_RELEASE, "schvaleni")
        assert "odejde zpráva ihned" in requests.get(link, timeout=10).text
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200
    office.tick("2026-12-08T11:00:10")
    assert len(office.delivered(PRESS_RELEASE)) == 1


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_an_empty_list_is_said_aloud(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
    office.tick(SENT_AT)
    assert _state(office, PRESS_RELEASE) == "done"
    assert "na seznamu" in office.run("why", PRESS_RELEASE)
    assert any("seznam je prázdný" in mail.subject for mail in office.mails_about(PRESS_RELEASE, to=COORDINATOR))


@pytest.mark.long
def test_an_audience_that_grew_by_much_is_asked_for_again(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
        office.import_people("media", [f"novy{number}@noviny.example.org" for number in range(30)])
        office.tick(SENT_AT)
        assert office.delivered(PRESS_RELEASE) == []
        assert "z 1 na 31" in office.mails_about(PRESS_RELEASE, to=SPOKESPERSON)[-1].text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
    office.tick("2026-12-08T10:10")
    assert len(office.delivered(PRESS_RELEASE)) == 31


def test_first_start_in_the_middle_of_a_window_asks_once_whether_it_was_done(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick("2026-11-21T12:00")
    office.tick("2026-11-22T12:00")
    entries = {entry["id"]: entry for entry in json.loads(office.run("timetable", "--format", "json"))}
    assert entries["verejne-setkani/2026-11"]["send_at"] == "2026-11-30T10:00:00+01:00"
    assert entries["verejne-setkani/2024-11"]["state"] == "historical"
    asked = [mail for mail in office.mailbox.mails() if "Už se to stalo?" in mail.subject]
    assert [mail.recipient for mail in asked] == [COORDINATOR]


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_task_is_handed_over_and_reported_done(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    link = office.link("magazin-kraj/2026-Q4", "ukol")
    with office.web(ASKED_AT):
        assert "Je to" in requests.get(link, timeout=10).text or "hotov" in requests.get(link, timeout=10).text
        assert requests.post(link, data={"address": "javascript:alert(1)"}, timeout=10).status_code == 400
        assert requests.post(link, data={"address": "https://www.example.org/clanek"}, timeout=10).status_code == 200
        assert requests.post(link, data={"address": ""}, timeout=10).status_code == 409
    assert _state(office, "magazin-kraj/2026-Q4") == "done"
    assert "https://www.example.org/clanek" in office.run("why", "magazin-kraj/2026-Q4")


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_clock_that_went_back_stops_no_command(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    office.tick("2025-01-01T10:00")
    with office.web("2024-06-01T10:00"):
        link = office.link(PRESS_RELEASE, "schvaleni")
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200
    office.tick(SENT_AT)
    assert "Záznam je celý" in office.run("record", "verify")
    assert _state(office, PRESS_RELEASE) == "done"
