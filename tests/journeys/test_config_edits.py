"""The files of `config/` are edited while Hlasatel runs: good edits are taken up, bad ones change nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, Office, until
from worker.demo.mailbox import Mail

OLD, NEW = "mluvci@liberecky-kraj.example.org", "nova-mluvci@liberecky-kraj.example.org"
COORDINATOR = "koordinator@liberecky-kraj.example.org"


@pytest.mark.long
def test_whoever_takes_a_role_over_is_asked_without_a_restart(sqlite_office: Office, plan: Path) -> None:
    office, people = sqlite_office, plan.parent / "config" / "people.yaml"
    good = people.read_text(encoding="utf-8")

    def mails_to(address: str, subject: str) -> list[Mail]:
        return [each for each in office.mailbox.mails() if each.recipient == address and subject in each.subject]

    def link(address: str) -> str:
        mail = office.mails_about(PRESS_RELEASE, to=address)[-1]
        return str(re.findall(rf"{office.base_url}/schvaleni/\S+", mail.text)[0])

    process = office.start("run", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    try:
        until(lambda: office.mails_about(PRESS_RELEASE, to=OLD), 20)
        people.write_text(good.replace(OLD, "kdo"), encoding="utf-8")
        until(lambda: mails_to(COORDINATOR, "Úprava nastavení se nepoužila"))
        [told] = mails_to(COORDINATOR, "Úprava nastavení se nepoužila")
        assert "people.yaml:" in told.text.replace("\n", "") and "kdo" in told.text
        assert requests.get(f"{office.base_url}/readyz", timeout=10).status_code == 200
        assert office.mails_about(PRESS_RELEASE, to=NEW) == []
        people.write_text(good.replace(OLD, NEW), encoding="utf-8")
        until(lambda: office.mails_about(PRESS_RELEASE, to=NEW))
        assert [requests.get(link(each), timeout=10).status_code for each in (OLD, NEW)] == [404, 200]
        assert len(mails_to(COORDINATOR, "Úprava nastavení se nepoužila")) == 1
    finally:
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Traceback" not in err
