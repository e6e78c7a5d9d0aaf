"""The coordinator at the keyboard: what an edit would change, the confirmation of one that drops much, and rhythms."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, PROJECT, Office, until
from worker.demo.mailbox import Mailbox
from worker.store.database import Database, Use
from worker.store.tables import occurrences

MAGAZINE = "magazin-kraj/2026-Q4"
AT = ("--now", "2026-12-01T11:00")
WEEKLY = """
  - id: prispevky
    periodicity: průběžně
    watch: 2x za týden
    activity: Příspěvky na sociální sítě
    place: zkouška
    in_charge: spravce-facebooku
"""


class OwnPlan(Office):
    """An office whose every command uses a copy of the shipped plan that the test may edit."""

    @property
    def plan(self) -> Path:
        return self.folder / "plan" / "schedules.yaml"

    @property
    def environ(self) -> dict[str, str]:
        return {**super().environ, "HLASATEL_PLAN": str(self.plan)}


@pytest.fixture
def office(tmp_path: Path, mailbox: Mailbox, sqlite_url: str) -> OwnPlan:
    """On the embedded default, with the shipped plan and configuration."""
    own = OwnPlan(tmp_path, mailbox, sqlite_url)
    own.plan.parent.mkdir()
    shutil.copytree(PROJECT / "config", own.plan.parent / "config")
    shutil.copy(PROJECT / "schedules.yaml", own.plan)
    return own


def _without(text: str, *activities: str) -> str:
    for activity in activities:
        start = text.index(f"  - id: {activity}\n")
        end = text.find("\n  - id:", start + 1)
        text = text[:start] + (text[end + 1 :] if end > 0 else "")
    return text


def _mails(office: Office, word: str) -> list[str]:
    return [mail.text for mail in office.mailbox.mails() if word in mail.subject]


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_mass_change_waits_for_the_very_file_to_be_confirmed(office: OwnPlan) -> None:
    plan, good = office.plan, office.plan.read_text(encoding="utf-8")
    assert "ještě nebyl spuštěn" in office.run("plan", "diff")
    office.run("tick", "--now", ASKED_AT)
    assert "nic se nezmění" in office.run("plan", "diff", *AT)
    rows = "clanek-magazin", "magazin-kraj", "magazin-rubriky", "zpravodaj-rodinam", "zpravodaj-rubriky"
    plan.write_text(_without(good, *rows), encoding="utf-8")
    told = office.run("plan", "diff", *AT)
    assert f"{MAGAZINE:<28} zmizí z plánu, ale už se na něm pracuje" in told
    assert f"{'magazin-kraj/2027-Q1':<28} zmizí\n" in told
    assert "plan accept" in told
    assert "\n-  - id: magazin-kraj\n" in told
    office.run("tick", *AT)
    office.run("tick", *AT)
    (mail,) = _mails(office, "čeká na potvrzení")
    assert "magazin-kraj (5)" in mail and "hlasatel plan accept" in mail
    assert "čeká na potvrzení" in office.run("status", *AT)
    assert not _mails(office, "V plánu už to není")
    office.run("plan", "accept", "--reason", "x", "--by", "nikdo", code=1)
    office.run("plan", "accept", code=2)
    assert "Potvrzeno" in office.run("plan", "accept", "--reason", "nový plán", *AT)
    assert "je potvrzená" in office.run("plan", "diff", *AT)
    with plan.open("a", encoding="utf-8") as file:
        file.write("# jiný soubor\n")
    assert json.loads(office.run("plan", "diff", "--format", "json", *AT))["waits"] is True
    office.run("plan", "accept", "--reason", "nový plán", "--by", "tiskovy-mluvci", *AT)
    office.run("tick", *AT)
    assert len(_mails(office, "V plánu už to není")) == 3
    told = office.run("status", *AT)
    assert "čeká na potvrzení" not in told
    assert "pracuje se na nich; zrušte je (hlasatel occurrence drop)" in told
    office.run("occurrence", "drop", MAGAZINE, "--reason", "řádek skončil", *AT)
    assert MAGAZINE not in office.run("status", *AT)
    assert "Zmizelo z plánu rozpracované" in office.run("why", MAGAZINE)
    office.run("plan", "accept", "--reason", "x", code=1)


@pytest.mark.long
def test_a_small_edit_is_told_and_needs_nobody(office: OwnPlan) -> None:
    plan, good = office.plan, office.plan.read_text(encoding="utf-8")
    office.run("tick", "--now", ASKED_AT)
    start = good.index("  - id: tiskova-zprava\n")
    place = good.index("    kinds:", start)
    edited = f"{good[:place]}    exceptions: {{2026-12: {{move: 15. 12. 2026, why: jednání Rady}}}}\n{good[place:]}"
    plan.write_text(edited, encoding="utf-8")
    found = json.loads(office.run("plan", "diff", "--format", "json", *AT))
    (change,) = found["changes"]
    assert (change["id"], change["what"], change["asked_anew"]) == (PRESS_RELEASE, "changed", True)
    assert (change["from"], change["to"]) == ("2026-12-08T10:00:00+01:00", "2026-12-15T10:00:00+01:00")
    assert found["counts"]["moved"] == found["counts"]["asked_anew"] == 1
    assert (found["waits"], found["faults"]) == (False, [])
    assert "potvrzení nepotřebuje" in office.run("plan", "accept", "--reason", "x", *AT)
    plan.write_text(edited.replace("jednání Rady", "jednání Rady}"), encoding="utf-8")
    told = office.run("plan", "diff", *AT, code=1)
    assert told.startswith(f"{plan}:") and "+    exceptions:" in told
    found = json.loads(office.run("plan", "diff", "--format", "json", *AT, code=1))
    assert found["faults"][0]["line"] and found["changes"] == []
    office.run("plan", "accept", "--reason", "x", *AT, code=1)


@pytest.mark.long
def test_saving_in_any_way_is_taken_up_within_ten_seconds_and_never_half_way(office: OwnPlan) -> None:
    plan, good = office.plan, office.plan.read_text(encoding="utf-8")
    with office.serving("run", "2026-11-21T12:00"):
        until(lambda: office.mailbox.mails(), 20)
        # As an editor that writes slowly into the file itself; for a bind-mounted file the only way.
        with plan.open("wb") as file:
            written = good.replace("září, prosinec", "říjen, prosinec").encode()
            for part in (written[: len(written) // 3], written[len(written) // 3 :]):
                file.write(part)
                file.flush()
                time.sleep(1.2)
        until(lambda: _stored_state(office, "tiskova-zprava/2027-10") == "planned")
        # As an editor that puts a new file in the place of the old one, with a moment in which there is none.
        fresh = plan.with_suffix(".new")
        fresh.write_text(good, encoding="utf-8")
        plan.unlink()
        time.sleep(0.5)
        os.replace(fresh, plan)
        until(lambda: _stored_state(office, "tiskova-zprava/2027-10") == "dropped")
        assert not _mails(office, "se nepoužila") and not _mails(office, "čeká na potvrzení")
        plan.write_bytes(b"")
        until(lambda: _mails(office, "se nepoužila"))
        time.sleep(3)
    assert len(_mails(office, "se nepoužila")) == 1
    assert "má chyby" in office.run("status", "--now", "2026-11-21T12:02")
    assert _state(office, PRESS_RELEASE) == "planned"


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_rhythm_is_asked_about_and_answered_on_its_page(office: OwnPlan) -> None:
    with office.plan.open("a", encoding="utf-8") as file:
        file.write(WEEKLY)
    office.run("tick", "--now", "2026-11-21T12:00")
    office.run("occurrence", "done", "prispevky/2026-11-24", "--reason", "vyšel", "--now", "2026-11-24T12:00")
    office.run("occurrence", "done", "prispevek/2026-11-24", "--reason", "vyšel", "--now", "2026-11-24T12:00", code=1)
    question = "prispevky/2026-W48"
    office.run("tick", "--now", "2026-11-26T07:59")
    assert office.mails_about(question) == []
    office.run("tick", "--now", "2026-11-26T08:00")
    (mail,) = office.mails_about(question)
    assert mail.recipient == "facebook@liberecky-kraj.example.org"
    assert "Příspěvky na sociální sítě" in mail.subject
    assert "zapsáno: 1" in " ".join(mail.text.split())
    assert f"  {question:<28} čeká na vyjádření; Příspěvky" in office.run("status", "--now", "2026-11-26T08:01")
    link = office.link(question, "ukol")
    with office.web("2026-11-30T09:00"):
        assert requests.get(link, timeout=10).status_code == 200
        assert requests.post(link, data={"address": "https://www.example.org/p"}, timeout=10).status_code == 200
    assert _state(office, question) == "done"
    assert "https://www.example.org/p" in office.run("why", question)


def _state(office: Office, occurrence: str) -> str:
    entries = json.loads(office.run("timetable", "--format", "json"))
    return str(next(entry["state"] for entry in entries if entry["id"] == occurrence))


def _stored_state(office: Office, occurrence: str) -> str | None:
    """Looked up in the database: a command each time would take the processor from the worker that is waited for."""
    database = Database(office.database_url, Use.LOOK)
    with database.read() as tx:
        found: str | None = tx.execute(select(occurrences.c.state).where(occurrences.c.id == occurrence)).scalar()
    database.close()
    return found
