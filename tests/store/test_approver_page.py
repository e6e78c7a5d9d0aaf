"""What the approver's page offers in each state: who decides, what stops it, what may be taken back or tried."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.gallery import DIRECTOR, SPOKESPERSON, Gallery, gallery, id_of
from tests.fixtures.office import own_port
from tests.fixtures.pages import reader
from tests.store.desk import token
from worker.demo.mailbox import Mailbox
from worker.store.tables import decisions, notices, packages


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with Mailbox(own_port()) as mailbox, gallery(tmp_path_factory.mktemp("gallery"), mailbox.port) as built:
        yield built


def page_of(shown: Gallery, name: str, *languages: str) -> str:
    return plain(reader(*languages).get(shown.address(f"approval {name}"), timeout=10).text)


def plain(html: str) -> str:
    """The page's words on one line, with plain spaces."""
    return " ".join(html.replace("\u00a0", " ").split())


def section(page: str, name: str) -> str:
    found = re.search(rf'aria-labelledby="{name}".*?</section>', page)
    assert found is not None, name
    return found[0]


def test_nothing_is_chosen_beforehand_and_nothing_sends_itself(shown: Gallery) -> None:
    page = page_of(shown, "zprava")
    assert re.findall(r'name="decision" value="(\w+)"', page) == ["approve", "return"]
    assert not re.search(r"checked|autofocus|<script|http-equiv", page)


def test_a_newsroom_is_shown_who_writes_about_what_and_who_answers(shown: Gallery) -> None:
    page = section(page_of(shown, "zprava"), "draft-press-release")
    assert "Liberecký kraj – tiskové zprávy</b> &lt;tiskove@liberecky-kraj.example.org&gt;" in page
    assert "Odpovědi dostane</dt><dd>Tisková mluvčí &lt;mluvci@liberecky-kraj.example.org&gt;" in page
    assert "Předmět</dt><dd><strong" in page


def test_what_stops_an_approval_leaves_the_return_alone(shown: Gallery) -> None:
    page = page_of(shown, "pribehy")
    assert re.findall(r'name="decision" value="(\w+)"', page) == ["return"]
    assert "Schválit teď nejde" in page and "není zaznamenán žádný platný souhlas" in section(page, "checks")


def test_seats_say_who_has_decided_and_who_is_next(shown: Gallery) -> None:
    both = section(page_of(shown, "oba"), "seats")
    assert both.count("čeká se na rozhodnutí") == 2 and "v libovolném pořadí" in both
    done = page_of(shown, "half done")
    assert "Vaše schválení je zapsané" in done and "čeká se ještě na: Ředitel krajského úřadu" in done
    assert "Vzít zpět své schválení" in done and 'name="decision"' not in done
    after = section(page_of(shown, "next in order"), "seats")
    assert re.search(r"Tisková mluvčí</strong> – schváleno .*<strong>Ředitel krajského úřadu</strong> – čeká se", after)


def test_her_own_decision_alone_can_be_taken_back(shown: Gallery) -> None:
    assert "Vzít zpět své schválení" in page_of(shown, "schvaleno")
    other = shown.office.settings.base_url + f"/schvaleni/{token(shown.office, DIRECTOR, id_of('schvaleno'))}"
    page = plain(reader().get(other, timeout=10).text)
    assert "Schváleno" in page and "Vzít zpět své schválení" not in page


def test_a_new_version_says_what_changed_word_by_word_and_what_was_said(shown: Gallery) -> None:
    page = page_of(shown, "znovu")
    assert "Přepracováno po vrácení" in section(page, "changes")
    assert "Prosím kratší titulek." in section(page, "changes"), "what it was returned with"
    assert re.search(r"Tisková zpráva: <ins>Kraj otevřel poradnu</ins>", section(page, "changes"))
    assert "Za úřad bez námitek." in section(page, "comments")
    assert "Co se změnilo" not in page_of(shown, "zprava")


def test_in_english_the_office_s_own_texts_are_marked_as_czech(shown: Gallery) -> None:
    page = page_of(shown, "znovu", "en")
    assert '<h1 lang="cs">' in page and re.search(r'<p lang="cs">Přepracováno po vrácení', page)
    assert re.search(r"Your decision", page) and 'lang="cs">Za úřad bez námitek.' in page


def test_an_english_reader_is_told_in_english_what_the_checks_found(shown: Gallery) -> None:
    checks = section(page_of(shown, "zprava", "en"), "checks")
    assert "To consider – Press release, Facebook text:" in checks and "more than 12 months old" in checks
    assert "starší než 12 měsíců" in section(page_of(shown, "zprava"), "checks")


def test_a_code_is_asked_for_where_the_activity_wants_one_and_its_button_mails_one(shown: Gallery) -> None:
    assert 'name="code"' not in page_of(shown, "zprava")
    address = shown.address("approval oba")
    assert 'name="code"' in page_of(shown, "oba") and "Nejdřív si ho nechte poslat" in page_of(shown, "oba")
    answer = requests.post(address.replace("/schvaleni/", "/schvaleni/kod/"), timeout=10)
    assert "Kód jsme vám poslali e-mailem" in plain(answer.text)
    refused = requests.post(address, {"decision": "approve", "version": "1", "comment": "Ano."}, timeout=10)
    assert refused.status_code == 400 and "Ano.</textarea>" in refused.text, "what she typed is lost"
    assert decided(shown, "oba") == []


def test_a_test_mail_goes_to_herself_and_decides_nothing(shown: Gallery) -> None:
    address = shown.address("approval zprava").replace("/schvaleni/", "/schvaleni/zkouska/")
    answer = requests.post(address, timeout=10)
    assert answer.status_code == 200 and "na cestě na mluvci@liberecky-kraj.example.org" in plain(answer.text)
    again = requests.post(address, timeout=10)
    assert again.status_code == 400 and "před chvílí" in plain(again.text)
    with shown.office.database.read() as tx:
        mailed = select(notices.c.person).where(notices.c.kind == "specimen")
        assert set(tx.execute(mailed).scalars()) == {SPOKESPERSON}
    assert decided(shown, "zprava") == []
    assert requests.post(address[:-3], timeout=10).status_code == 404


def decided(shown: Gallery, name: str) -> list[str]:
    """Who has decided about it."""
    with shown.office.database.read() as tx:
        found = select(decisions.c.person).join(packages, packages.c.id == decisions.c.package_id)
        return list(tx.execute(found.where(packages.c.occurrence_id == id_of(name))).scalars())
