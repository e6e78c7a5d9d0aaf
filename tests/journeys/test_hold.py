"""The switch as its people meet it: the command, the mails, the page behind a link, and what goes out afterwards."""

from __future__ import annotations

import json
import time

import pytest
import requests

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office, until

SPOKESPERSON = "mluvci@liberecky-kraj.example.org"
COORDINATOR = "koordinator@liberecky-kraj.example.org"
APPROVE = {"decision": "approve", "comment": ""}
MOURNING = ("--until", "2026-12-09", "--reason", "státní smutek")


def _to(office: Office, person: str, subject: str) -> list[str]:
    """The texts of the mails to a person whose subject begins so, each on one line."""
    found = [mail for mail in office.mailbox.mails() if mail.recipient == person and mail.subject.startswith(subject)]
    return [" ".join(mail.text.split()) for mail in found]


def _entry(office: Office, occurrence: str) -> dict[str, str]:
    entries = json.loads(office.run("timetable", "--format", "json"))
    found: dict[str, str] = next(entry for entry in entries if entry["id"] == occurrence)
    return found


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_everything_is_held_and_comes_back_for_a_new_approval(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web("2026-12-02T08:00"):
        link = office.link(PRESS_RELEASE, "schvaleni")
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200
        told = office.run("hold", "begin", *MOURNING, "--now", "2026-12-02T09:00")
        assert "státní smutek" in told and "Pozdržených komunikací: 4" in told
        office.tick("2026-12-02T09:01")
        _is_told_once(office)
        _says_so_everywhere(office, link)
        before = len(office.mailbox.mails())
        for now in (SENT_AT, "2026-12-08T13:00", "2026-12-09T12:00"):
            office.tick(now)
        assert office.delivered(PRESS_RELEASE) == []
        assert [mail.occurrence for mail in office.mailbox.mails()[before:] if mail.occurrence == PRESS_RELEASE] == []
        assert _entry(office, PRESS_RELEASE)["state"] == "held"
        assert "státní smutek" in requests.get(link, timeout=10).text, "its deadline is over, and it is held"
    _comes_back(office)


def _is_told_once(office: Office) -> None:
    (to_coordinator,) = _to(office, COORDINATOR, "Pozdrženo do 10. 12. 00:00")
    assert "hlasatel hold end" in to_coordinator and NEWSLETTER in to_coordinator and PRESS_RELEASE in to_coordinator
    (to_spokesperson,) = _to(office, SPOKESPERSON, "Pozdrženo do 10. 12. 00:00")
    assert "státní smutek" in to_spokesperson and PRESS_RELEASE in to_spokesperson


def _says_so_everywhere(office: Office, link: str) -> None:
    page = requests.get(link, timeout=10)
    assert page.status_code == 200 and "státní smutek" in page.text and 'name="decision"' not in page.text
    answer = requests.post(link, data=APPROVE, timeout=10)
    assert answer.status_code == 409 and answer.text.count("státní smutek") == 1
    at = ("--now", "2026-12-02T09:02")
    assert "státní smutek" in office.run("status", *at)
    assert "state mourning" not in office.run("status", *at, HLASATEL_LANG="en")
    assert "nothing but crisis messages" in office.run("status", *at, HLASATEL_LANG="en")
    status = json.loads(office.run("status", "--format", "json", *at))
    assert (status["hold"]["reason"], status["hold"]["until"]) == ("státní smutek", "2026-12-10T00:00:00+01:00")
    others = ["clanek-magazin/2026-H2", "vyvraceni-hoaxu/2026"]
    assert sorted(row["id"] for row in status["held"]) == sorted([NEWSLETTER, PRESS_RELEASE, *others])
    assert json.loads(office.run("hold", "show", "--format", "json", *at)) == {
        "hold": status["hold"], "held": status["held"],
    }  # fmt: skip
    assert PRESS_RELEASE in office.run("hold", *at)
    told = office.run("why", PRESS_RELEASE)
    assert "Pozdrženo, nejdéle do" in told and "státní smutek" in told and "Stav teď: pozdrženo" in told


def _comes_back(office: Office) -> None:
    office.tick("2026-12-10T00:01")
    office.tick("2026-12-10T08:00")
    (told,) = _to(office, COORDINATOR, "Pozdržení skončilo")
    assert PRESS_RELEASE in told and "11. prosince 2026 v 10:00" in told.replace("\u00a0", " ")
    (again,) = [mail for mail in _to(office, SPOKESPERSON, "Nová verze") if "Tisková zpráva" in mail]
    assert "státní smutek" in again
    assert _entry(office, PRESS_RELEASE)["send_at"] == "2026-12-11T10:00:00+01:00"
    assert "Pozdržení skončilo" in office.run("why", PRESS_RELEASE)
    assert office.run("hold").strip() == "Nic není pozdrženo."
    office.tick("2026-12-11T10:00")
    assert office.delivered(PRESS_RELEASE) == [], "nothing goes out on an approval from before the hold"
    with office.web("2026-12-11T10:01"):
        link = office.link(PRESS_RELEASE, "schvaleni")
        assert "11.\u00a0prosince 2026" in requests.get(link, timeout=10).text
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200
    office.tick("2026-12-11T10:02")
    assert len(office.delivered(PRESS_RELEASE)) == 1
    assert "Záznam je celý" in office.run("record", "verify")


@pytest.mark.long
def test_a_mailing_under_way_stops_and_a_person_lets_the_rest_go(sqlite_office: Office) -> None:
    office = sqlite_office
    people = [f"redakce{number:03}@noviny.example.org" for number in range(120)]
    office.import_people("media", people)
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
    at = ("--now", SENT_AT)  # not ahead of the worker, whose clock has just begun
    with office.serving("run", SENT_AT):
        until(lambda: len(office.delivered(PRESS_RELEASE)) > 5, 60, 0.3)
        office.run("hold", "begin", *MOURNING, *at)
        time.sleep(1)
        stopped = len(office.delivered(PRESS_RELEASE))
        time.sleep(1.5)
        assert len(office.delivered(PRESS_RELEASE)) == stopped < 120
        assert "hold end" in _refused(office, "delivery", "resume", PRESS_RELEASE, *at)
        settle = ("delivery", "settle", PRESS_RELEASE, people[0], "again", *at)
        assert "hold end" in _refused(office, *settle), "one more attempt is one more message"
        assert "stojí" in office.run("status", *at) and "státní smutek" in office.run("status", *at)
        office.run("hold", "end", "--reason", "omyl", *at)
        until(lambda: _to(office, COORDINATOR, "Pozdržení skončilo"), 60, 0.3)
        assert f"hlasatel delivery resume {PRESS_RELEASE}" in _to(office, COORDINATOR, "Pozdržení skončilo")[0]
        assert len(office.delivered(PRESS_RELEASE)) == stopped
        office.run("delivery", "resume", PRESS_RELEASE, *at)
        until(lambda: len(office.delivered(PRESS_RELEASE)) == len(people), 60, 0.3)
        until(lambda: _entry(office, PRESS_RELEASE)["state"] == "done", 60, 0.3)
    assert sorted(mail.recipient for mail in office.delivered(PRESS_RELEASE)) == people, "each exactly once"


def _refused(office: Office, *arguments: str) -> str:
    """The sentence with which a command refuses."""
    process = office.start(*arguments)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, ""), err
    assert "Traceback" not in err
    return err


def test_what_cannot_be_held_is_refused_with_a_sentence(sqlite_office: Office) -> None:
    office = sqlite_office
    at = ("--now", ASKED_AT)
    assert "Nic není pozdrženo" in _refused(office, "hold", "end", "--reason", "x", *at)
    assert "minul" in _refused(office, "hold", "begin", "--until", "2026-11-30", "--reason", "x", *at)
    assert "důvod" in _refused(office, "hold", "begin", "--until", "2026-12-03", "--reason", "  ", *at)
    assert "nikdo" in _refused(office, "hold", "begin", *MOURNING, "--by", "nikdo", *at)
    office.run("hold", "begin", "--until", "zítra", "--reason", "x", code=2)
    office.run("hold", "begin", "--until", "2026-12-03", code=2)
    office.run("hold", "begin", *MOURNING, *at)
    assert "hold end" in _refused(office, "hold", "begin", "--until", "2026-12-08", "--reason", "x", *at)
    longer = office.run("hold", "begin", "--until", "2026-12-10", "--reason", "déle.", *at)
    assert "do 0:00 v\u00a0pátek 11.\u00a0prosince 2026" in longer and "Důvod: déle (" in longer
