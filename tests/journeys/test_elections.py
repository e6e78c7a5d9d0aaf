"""An election near the send day, as the approver hears of it: in the mail that asks and on the page that decides."""

from __future__ import annotations

import shutil

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, PROJECT, Office

AROUND = """
mimoradne-2026:
  name: Mimořádné volby do Senátu
  first_day: 11. 12. 2026
  last_day: 12. 12. 2026
  note: vymyšleno pro zkoušku
"""


@pytest.mark.long
def test_the_approver_is_told_calmly_in_the_mail_and_on_the_page(sqlite_office: Office) -> None:
    office = sqlite_office
    config = office.folder / "config"
    shutil.copytree(PROJECT / "config", config)
    with (config / "elections.yaml").open("a", encoding="utf-8") as file:
        file.write(AROUND)
    office.import_people("media", ["redakce@noviny.example.org"])
    office.run("tick", "--now", ASKED_AT, HLASATEL_CONFIG=str(config))
    [mail] = office.mails_about(PRESS_RELEASE, to="mluvci@liberecky-kraj.example.org")
    words = " ".join(mail.text.split())
    told = "Den odeslání je blízko voleb: Mimořádné volby do Senátu, 11.–12. 12. 2026. Přečtěte prosím texty i z tohoto"
    assert told in words
    assert words.index(told) < words.index("V roce 2027 uplyne"), "above the drafts, not below them"
    with office.serving("web", ASKED_AT, HLASATEL_CONFIG=str(config)):
        page = requests.get(office.link(PRESS_RELEASE, "schvaleni"), timeout=10).text.replace("\u00a0", " ")
    assert f'<p class="finding warning"><strong>Ke zvážení:</strong> <span>{told}' in page
    assert "Mimořádné volby do Senátu" in office.run("check", HLASATEL_CONFIG=str(config))


@pytest.mark.long
def test_without_an_election_nothing_is_said(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    [mail] = office.mails_about(PRESS_RELEASE, to="mluvci@liberecky-kraj.example.org")
    assert "voleb" not in mail.text
    with office.web(ASKED_AT):
        assert "voleb" not in requests.get(office.link(PRESS_RELEASE, "schvaleni"), timeout=10).text
