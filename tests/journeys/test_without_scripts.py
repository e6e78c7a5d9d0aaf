"""The coordinator's work in a browser that runs no scripts, on a phone: each task from the overview to its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.gallery import Gallery, gallery, id_of
from tests.fixtures.office import own_port
from worker.demo.mailbox import Mailbox

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with Mailbox(own_port()) as mailbox, gallery(tmp_path_factory.mktemp("plain"), mailbox.port) as built:
        yield built


@pytest.fixture
def phone(shown: Gallery, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="cs-CZ")
    shown.sign_in(context)
    page = context.new_page()
    page.goto(shown.address("overview"))
    yield page
    context.close()


def test_a_medium_goes_on(phone: Page) -> None:
    phone.get_by_role("link", name="Ke kanálu – Facebook Libereckého kraje").click()
    phone.get_by_label("Co se napravilo").fill("Heslo je nové.")
    phone.get_by_role("button", name="Příčina je odstraněná").click()
    expect(phone.get_by_text("stojí", exact=True)).to_have_count(0)


def test_an_edit_of_the_plan_is_confirmed(phone: Page) -> None:
    phone.get_by_role("link", name="Plán", exact=True).click()
    phone.get_by_text("Ukázat změněné řádky souboru").click()
    phone.get_by_label("Proč se to ruší").fill("Rada to zrušila.")
    phone.get_by_role("button", name="Potvrdit úpravu plánu").click()
    expect(phone.get_by_text("je potvrzená")).to_be_visible()


def test_an_occurrence_is_moved_and_one_noted_as_done(shown: Gallery, phone: Page) -> None:
    for name, choice in (("znovu", "Přesunout"), ("poradi", "Zapsat jako hotové")):
        phone.goto(f"{shown.office.settings.base_url}/koordinator/termin/{id_of(name)}")
        phone.get_by_text("Přesunout, vynechat, zapsat jako hotové").click()
        form = phone.locator("#volba form")
        form.get_by_label(choice).check()
        if choice == "Přesunout":
            form.locator("[name=day]").fill("2026-12-15")
        form.get_by_label("Důvod").fill("Tak jsme se dohodli.")
        form.get_by_role("button").click()
        expect(phone.locator(".story")).to_contain_text("Tak jsme se dohodli.")
    expect(phone.locator("dl .state.done")).to_be_visible()


def test_what_was_withdrawn_is_noted_as_down(phone: Page) -> None:
    phone.get_by_role("link", name="Zapsat, jak to je").first.click()
    phone.get_by_role("button", name="Zapsat, že je to stažené").click()
    expect(phone.locator("#mista")).to_contain_text("stažené, zapsáno")


def test_she_signs_out(shown: Gallery, phone: Page) -> None:
    phone.get_by_role("button", name="Odhlásit").click()
    expect(phone.get_by_role("heading", name="Přihlášení koordinátora")).to_be_visible()
