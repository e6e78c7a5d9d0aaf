"""What an office runs into: edits saved while stopped, people who left, busy ports, odd input, a relay that is away."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, PROJECT, SENT_AT, Office
from tests.fixtures.postgres import LONG_ON_POSTGRESQL

APPROVE = {"decision": "approve", "comment": ""}


def _own_plan(office: Office) -> Path:
    shutil.copytree(PROJECT / "config", office.folder / "config")
    return Path(shutil.copy(PROJECT / "schedules.yaml", office.folder))


@pytest.mark.long
def test_an_edit_saved_before_a_tick_is_obeyed_by_that_tick(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = _own_plan(office)
    office.import_people("media", ["redakce@noviny.example.org"])
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    with office.web(ASKED_AT):
        requests.post(office.link(PRESS_RELEASE, "schvaleni"), data=APPROVE, timeout=10)
    text = plan.read_text(encoding="utf-8")
    place = text.index("    kinds:", text.index("- id: tiskova-zprava"))
    plan.write_text(f'{text[:place]}    send: {{day: "3. úterý"}}\n{text[place:]}', encoding="utf-8")
    office.run("tick", "--now", SENT_AT, HLASATEL_PLAN=str(plan))
    assert office.delivered(PRESS_RELEASE) == []
    again = office.mails_about(PRESS_RELEASE, to="mluvci@liberecky-kraj.example.org")[-1]
    assert again.subject.startswith("Nová verze")
    assert "15.\u00a0prosince 2026" in again.text


@pytest.mark.long
def test_a_role_that_left_the_configuration_stops_nobody_elses_mail(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = _own_plan(office)
    people = office.folder / "config" / "people.yaml"
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    office.run("tick", "--now", "2026-12-07T10:30", HLASATEL_PLAN=str(plan), HLASATEL_SMTP_URL="smtp://127.0.0.1:9")
    assert "čekají na odeslání" in office.run("status", HLASATEL_PLAN=str(plan))
    text = people.read_text(encoding="utf-8")
    start = text.index("zastupce-mluvciho:\n")
    text = text[:start] + text[text.index("\n\n", start) + 2 :]
    people.write_text(text.replace("  deputy: zastupce-mluvciho\n", ""), encoding="utf-8")
    office.run("tick", "--now", "2026-12-07T15:00", HLASATEL_PLAN=str(plan))
    subjects = [mail.subject for mail in office.mails_about(PRESS_RELEASE)]
    assert any(subject.startswith("Připomenutí") for subject in subjects)
    assert "zastupce-mluvciho" in office.run("status", HLASATEL_PLAN=str(plan))


def test_a_faulty_configuration_is_refused_at_the_start(sqlite_office: Office) -> None:
    plan = _own_plan(sqlite_office)
    settings = sqlite_office.folder / "config" / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('facebook = "spravce-facebooku"', 'facebook = "nikdo"'), encoding="utf-8")
    process = sqlite_office.start("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "settings.toml:" in err
    assert "Traceback" not in err


def test_a_busy_port_and_other_wrong_places_are_refused_with_a_sentence(sqlite_office: Office) -> None:
    office = sqlite_office
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", office.port))
        taken.listen()
        for command in ("run", "web"):
            process = office.start(command, "--now", ASKED_AT)
            _, err = process.communicate(timeout=30)
            assert process.returncode == 1
            assert "nejde naslouchat" in err
            assert "Traceback" not in err
    for environ in (
        {"HLASATEL_DATABASE_URL": "postgresql://127.0.0.1:99999999/x"},
        {"HLASATEL_DATABASE_URL": "postgresql+psycopg2://127.0.0.1/x"},
        {"HLASATEL_DATABASE_URL": "sqlite:////proc/none/x.db"},
        {"HLASATEL_DATABASE_URL": "", "HLASATEL_DATA": "/dev/null/x"},
    ):
        process = office.start("status", **environ)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 1, err
        assert "Traceback" not in err
    office.run("status", "--format", "xml", code=2)
    office.run("web", "--now", ASKED_AT, code=1, HLASATEL_SMTP_URL="smtp://192.0.2.1:25")


@LONG_ON_POSTGRESQL
def test_odd_form_fields_are_no_defect(office: Office) -> None:
    office.tick(ASKED_AT)
    link = office.link(PRESS_RELEASE, "schvaleni")
    with office.web(ASKED_AT):
        for fields in (APPROVE | {"comment": "a\0b"}, APPROVE | {"version": "9" * 5000}, {"decision": "approve\0"}):
            assert requests.post(link, data=fields, timeout=10).status_code in (200, 400, 409)
        huge = requests.post(link, data=APPROVE | {"comment": "x" * 2_000_000}, timeout=10)
        assert huge.status_code == 413


def test_a_relay_that_is_away_is_told_and_waited_for(sqlite_office: Office) -> None:
    office = sqlite_office
    process = office.start("tick", "--now", ASKED_AT, HLASATEL_SMTP_URL="smtp://127.0.0.1:9")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "127.0.0.1:9" in err
    assert json.loads(office.run("status", "--format", "json"))["waiting_notices"]
    office.tick("2026-12-01T10:10")
    assert office.mails_about(PRESS_RELEASE)
    assert json.loads(office.run("status", "--format", "json"))["waiting_notices"] == []
