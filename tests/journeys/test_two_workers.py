"""Two workers started at the same second, and a clock put back: one works, nothing happens twice, no command stops."""

from __future__ import annotations

import time
from collections import Counter

import pytest
import requests

from tests.fixtures.commands import Running
from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office, own_port

COORDINATOR = "koordinator@liberecky-kraj.example.org"
APPROVE = {"decision": "approve", "comment": ""}


def _each_mail_once(office: Office) -> None:
    found = Counter((mail.recipient, mail.occurrence, mail.subject) for mail in office.mailbox.mails())
    assert {mail: number for mail, number in found.items() if number > 1} == {}


@pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"], indirect=True
)  # a server is where two can meet
def test_two_ticks_at_the_same_second_do_everything_once(office: Office) -> None:
    office.import_people("media", [f"redakce{number}@noviny.example.org" for number in range(20)])
    _two_ticks(office, ASKED_AT)
    with office.web(ASKED_AT):
        assert requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10).status_code == 200
    _two_ticks(office, SENT_AT)
    assert len(office.delivered(PRESS_RELEASE)) == 20
    _each_mail_once(office)
    assert office.run("why", PRESS_RELEASE).count("začíná rozesílka") == 1
    assert "Záznam je celý" in office.run("record", "verify")


def _two_ticks(office: Office, now: str) -> None:
    """Both exit; one of them has worked, and the other has, too, after it or was told who does."""
    both = [office.start("tick", "--now", now) for _ in range(2)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert sorted(code for _, code in ended) in ([0, 0], [0, 1])
    for (out, err), code in ended:
        assert "Traceback" not in err
        if code:
            assert out == ""
            assert "hlasatel tick, process" in err


def test_of_two_that_run_one_works_and_the_other_says_so(office: Office) -> None:
    first, second = (
        office.start("run", "--now", ASKED_AT, "--bind", f"127.0.0.1:{own_port()}") for _ in range(2)
    )  # fmt: skip
    working = other = None
    try:
        end = time.monotonic() + 60
        while other is None:
            assert time.monotonic() < end, "both run"
            other = next((each for each in (first, second) if each.poll() is not None), None)
            time.sleep(0.1)
        working = second if other is first else first
        out, err = other.communicate()
        assert (other.returncode, out) == (1, "")
        assert f"process {working.pid}" in err and "Traceback" not in err
        while not office.mails_about(PRESS_RELEASE):
            assert time.monotonic() < end, "nobody works"
            time.sleep(0.1)
    finally:
        for each in (first, second):
            _stop(each)
    assert working is not None and working.returncode == 0
    _each_mail_once(office)


def _stop(process: Running) -> None:
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=60)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-12-07T10:00", id="a day back"),
        pytest.param("2026-11-01T10:00", id="before the start", marks=pytest.mark.long),
    ],
)
def test_no_command_stops_when_the_clock_went_back(sqlite_office: Office, now: str) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
    office.tick(SENT_AT)
    before = [(mail.recipient, mail.subject) for mail in office.mailbox.mails()]
    at = ("--now", now)
    for command in (
        ("tick",), ("status",), ("status", "--format", "json"), ("why", PRESS_RELEASE), ("timetable",), ("hold",),
    ):  # fmt: skip
        office.run(*command, *at)
    office.run("occurrence", "done", "newsletter/2026", "--reason", "vyšel jinde", *at)
    office.run("hold", "begin", "--until", "2026-12-10", "--reason", "x", *at)
    office.run("hold", "end", "--reason", "x", *at)
    office.run("tick", *at)
    with office.web(now):
        assert requests.get(office.link(PRESS_RELEASE, "schvaleni"), timeout=10).status_code == 200
    assert "Záznam je celý" in office.run("record", "verify")
    new = office.mailbox.mails()[len(before) :]
    told = {
        (mail.occurrence, mail.subject.partition(":")[0])
        for mail in new
        if mail.occurrence in (PRESS_RELEASE, NEWSLETTER)
    }
    # Whoever was handed the Facebook text hears of the hold and of its end, and nothing is asked or sent again.
    handed = {(PRESS_RELEASE, "Zatím prosím nezveřejňujte"), (PRESS_RELEASE, "Můžete zveřejnit")}
    assert told == {("newsletter/2026", "Neodejde"), *handed}
    rest = {mail.recipient for mail in new if not mail.occurrence}
    assert rest <= {COORDINATOR, "mluvci@liberecky-kraj.example.org"}
    assert len(office.delivered(PRESS_RELEASE)) == 1
