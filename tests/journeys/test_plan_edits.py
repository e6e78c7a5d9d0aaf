"""The coordinator edits `schedules.yaml` while Hlasatel runs: good edits are taken up, bad ones change nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, Office, until

COORDINATOR = "koordinator@liberecky-kraj.example.org"


def _entry(office: Office, occurrence: str, plan: Path) -> dict[str, object]:
    entries = json.loads(office.run("timetable", "--format", "json", HLASATEL_PLAN=str(plan)))
    found: dict[str, object] = next(entry for entry in entries if entry["id"] == occurrence)
    return found


def test_an_edit_is_taken_up_within_ten_seconds_and_a_bad_one_is_mailed(sqlite_office: Office, plan: Path) -> None:
    office = sqlite_office
    good = plan.read_text(encoding="utf-8")
    process = office.start("run", "--now", "2026-11-21T12:00", HLASATEL_PLAN=str(plan))
    try:
        until(lambda: office.mailbox.mails(), 20)
        plan.write_text(good.replace("září, prosinec", "zaří, prosinec"), encoding="utf-8")
        until(lambda: [mail for mail in office.mailbox.mails() if "se nepoužila" in mail.subject])
        faulty = next(mail for mail in office.mailbox.mails() if "se nepoužila" in mail.subject)
        assert faulty.recipient == COORDINATOR
        assert "zaří" in faulty.text
        assert "září" in faulty.text
        assert "schedules.yaml:" in faulty.text.replace("\n", "")
        time.sleep(2)
        assert len([mail for mail in office.mailbox.mails() if "se nepoužila" in mail.subject]) == 1
        plan.write_bytes(
            b"\xef\xbb\xbf" + good.replace("září, prosinec", "říjen, prosinec").replace("\n", "\r\n").encode()
        )
        until(lambda: "tiskova-zprava/2027-10" in office.run("timetable", "--format", "json", HLASATEL_PLAN=str(plan)))
        assert _entry(office, "tiskova-zprava/2027-09", plan)["state"] == "dropped"
        assert _entry(office, PRESS_RELEASE, plan)["state"] == "planned"
    finally:
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_the_last_good_plan_goes_on_across_a_restart(sqlite_office: Office, plan: Path) -> None:
    office = sqlite_office
    office.run("tick", "--now", "2026-11-21T12:00", HLASATEL_PLAN=str(plan))
    plan.write_text("activities: [", encoding="utf-8")
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    assert office.mails_about(PRESS_RELEASE)
    told = office.run("check", str(plan), code=1)
    assert told.startswith(f"{plan}:")


def test_nothing_starts_on_a_plan_that_never_was_good(sqlite_office: Office, plan: Path) -> None:
    office = sqlite_office
    plan.write_text("plan: {}\n", encoding="utf-8")
    process = office.start("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "schedules.yaml:" in err
    assert "Traceback" not in err
    assert office.mailbox.mails() == []


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_moved_send_time_voids_the_approval_and_asks_again(sqlite_office: Office, plan: Path) -> None:
    office = sqlite_office
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    with office.web(ASKED_AT):
        link = office.link(PRESS_RELEASE, "schvaleni")
        assert requests.post(link, data={"decision": "approve"}, timeout=10).status_code == 200
        text = plan.read_text(encoding="utf-8")
        row = text.index("- id: tiskova-zprava")
        place = text.index("    kinds:", row)
        plan.write_text(f'{text[:place]}    send: {{day: "3. úterý", time: "09:00"}}\n{text[place:]}', encoding="utf-8")
        office.run("tick", "--now", "2026-12-02T10:00", HLASATEL_PLAN=str(plan))
        again = office.mails_about(PRESS_RELEASE, to="mluvci@liberecky-kraj.example.org")[-1]
        assert again.subject.startswith("Nová verze ke schválení do 15. 12. 9:00")
        assert "Změnil se čas odeslání" in again.text
        assert requests.post(link, data={"decision": "approve"}, timeout=10).status_code == 409
    office.run("tick", "--now", "2026-12-08T10:00", HLASATEL_PLAN=str(plan))
    assert office.delivered(PRESS_RELEASE) == []


def test_a_real_relay_is_refused_while_addresses_are_samples(sqlite_office: Office) -> None:
    process = sqlite_office.start("tick", HLASATEL_SMTP_URL="smtp://192.0.2.1:25")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "ukázkovou adresu" in err


def test_an_uzaverka_entered_late_misses_nothing(sqlite_office: Office, plan: Path) -> None:
    office = sqlite_office
    office.run("tick", "--now", "2026-11-22T09:00", HLASATEL_PLAN=str(plan))
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("deadlines: {}  ", "deadlines: {2026-Q4: 1. 12. 2026}  ", 1), encoding="utf-8")
    told = office.run("plan", "diff", "--now", "2026-11-22T09:30", HLASATEL_PLAN=str(plan))
    assert "na nejbližší vhodný den" in told
    office.run("tick", "--now", "2026-11-22T10:00", HLASATEL_PLAN=str(plan))
    assert _entry(office, "clanek-magazin/2026-H2", plan)["send_at"] == "2026-11-23T10:00:00+01:00"
    mail, alert = office.mails_about("clanek-magazin/2026-H2", to=COORDINATOR)
    assert alert.subject.startswith("Zatím neschváleno"), "what is due on the next working day is not approved yet"
    assert mail.subject.startswith("Den už minul, posunuto")
    assert "pondělí 23. listopadu 2026" in " ".join(mail.text.split())
