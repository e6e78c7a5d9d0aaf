"""The spokesperson on her phone: she approves; returns and approves a new version; edits, then approves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office


@pytest.fixture
def phone(page: Page) -> Iterator[Page]:
    """Her phone; whatever it has shown, nobody has had to scroll sideways and every field has its label."""
    page.set_viewport_size({"width": 390, "height": 844})
    yield page
    _fits(page)


def press(page: Page, button: str) -> None:
    """Press a button by its key: a click right after the page scrolled goes into a sandboxed frame above it."""
    page.get_by_role("button", name=button).first.press("Enter")


def decide(page: Page, choice: str) -> None:
    page.get_by_label(choice).press("Space")
    press(page, "Odeslat rozhodnutí")


def test_she_approves(sqlite_office: Office, phone: Page) -> None:
    office, page = sqlite_office, phone
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        page.goto(office.link(PRESS_RELEASE, "schvaleni"))
        expect(page.get_by_role("heading", name="Tisková zpráva, prosinec 2026")).to_be_visible()
        expect(page.frame_locator("iframe").first.locator("h1")).to_be_visible()
        _fits(page)
        shown, frame = page.frames[1].locator(".sheet").bounding_box(), page.locator("iframe").first.bounding_box()
        assert shown is not None and frame is not None
        assert shown["height"] <= frame["height"], "the preview scrolls inside the page"
        expect(page.locator("main")).to_contain_text("do 12:00 v úterý 8. prosince 2026 (SEČ)")
        expect(page.locator("main")).to_contain_text(f"Označení: {PRESS_RELEASE}")
        expect(page.locator("main")).to_contain_text("zveřejní Správce facebookové stránky")
        inbox = page.locator(".inbox").first
        expect(inbox).to_contain_text("Liberecký kraj – tiskové zprávy <tiskove@")
        expect(inbox).to_contain_text("Tisková mluvčí <mluvci@")
        assert "\u00a0" in (inbox.locator("strong").text_content() or ""), "the subject is typeset"
        assert page.locator("input[type=radio]:checked").count() == 0
        press(page, "Odeslat rozhodnutí")
        assert "schvaluje" not in office.run("why", PRESS_RELEASE), "an empty form decided"
        press(page, "Poslat mi zkušební e-mail")
        expect(page.get_by_role("status")).to_contain_text("na cestě na mluvci@liberecky-kraj.example.org")
        decide(page, "Schvaluji")
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
        expect(page.locator(".outcome")).to_contain_text("odejde přesně to, co je níže")
        press(page, "Vzít zpět své schválení")
        expect(page.get_by_role("heading", name="Vaše rozhodnutí")).to_be_visible()
        decide(page, "Schvaluji")
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
    office.tick(SENT_AT)
    assert [mail.recipient for mail in office.delivered(PRESS_RELEASE)] == ["redakce@noviny.example.org"]


def test_what_she_returns_comes_back_as_a_new_version_that_she_approves(sqlite_office: Office, phone: Page) -> None:
    office, page = sqlite_office, phone
    office.import_people("obcane", ["obcan@posta.example.net"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        first = office.link(NEWSLETTER, "schvaleni")
        page.goto(first)
        decide(page, "Vracím")
        expect(page.get_by_role("alert")).to_contain_text("napsat, co se má změnit")
        page.get_by_label("Komentář").fill("Prosím kratší úvod & bez <zkratek>.")
        decide(page, "Vracím")
        expect(page.get_by_role("heading", name="Vráceno k přepracování")).to_be_visible()
        office.tick("2026-12-01T10:05")
        page.goto(office.link(NEWSLETTER, "uprava"))
        expect(page.locator("blockquote")).to_have_text("Prosím kratší úvod & bez <zkratek>.")
        page.get_by_label("Titulek").first.fill("Nový titulek")
        help_id = page.get_by_label("Úvod").get_attribute("aria-describedby")
        expect(page.locator(f"#{help_id}")).to_contain_text("hvězdičky")
        page.get_by_label("Úvod").fill("Krátký úvod po úpravě.\n\nDruhý odstavec.")
        _fits(page)
        press(page, "Předložit novou verzi")
        expect(page.get_by_role("status")).to_contain_text("verze 2")
        office.tick("2026-12-01T10:10")
        page.goto(first)
        expect(page.get_by_role("heading", name="Co se změnilo od verze, kterou")).to_be_visible()
        place = page.locator(".diff li").first
        expect(place.locator(".removed")).to_contain_text(re.compile(r"Předmět: Sociální začleňování\sv\skraji"))
        expect(place.locator(".added")).to_contain_text("Předmět: Nový titulek")
        expect(page.locator(".diff")).to_contain_text("Krátký úvod po úpravě.")
        assert "====" not in page.locator("main").inner_text(), "a rule of the text part is no change"
        page.goto(office.link(NEWSLETTER, "schvaleni"))
        decide(page, "Schvaluji")
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
    office.tick(SENT_AT)
    [sent] = office.delivered(NEWSLETTER)
    assert "Krátký úvod po úpravě." in sent.text and "Krátký úvod po úpravě." in sent.html


def test_she_edits_and_then_approves(sqlite_office: Office, phone: Page) -> None:
    office, page = sqlite_office, phone
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        page.goto(office.link(PRESS_RELEASE, "schvaleni"))
        page.get_by_role("link", name="Upravit text").click()
        page.get_by_label("Titulek").fill("Kraj otevřel poradnu")
        page.get_by_label("Text zprávy").fill("Poradna je otevřená **od pondělí**.")
        press(page, "Ukázat náhled")
        frame = page.frame_locator("iframe").first
        expect(frame.locator("h1")).to_have_text("Kraj otevřel poradnu")
        expect(frame.locator("strong", has_text="od pondělí")).to_be_visible()
        _fits(page)
        press(page, "Uložit jako novou verzi")
        expect(page.locator("main")).to_contain_text("Verze: 2")
        expect(page.locator(".diff .added").first).to_contain_text("Kraj otevřel poradnu")
        decide(page, "Schvaluji")
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
    office.tick(SENT_AT)
    [sent] = office.delivered(PRESS_RELEASE)
    assert sent.header("Subject") == "Tisková zpráva: Kraj otevřel poradnu"
    assert "<strong>od\u00a0pondělí</strong>" in sent.html.replace("od pondělí", "od\u00a0pondělí")


def _fits(page: Page) -> None:
    """Nobody scrolls sideways, headings go down one step at a time, and every field has its label."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    levels = page.locator("h1, h2, h3").evaluate_all("found => found.map(each => Number(each.tagName[1]))")
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    unlabelled = "input:not([type=hidden]), textarea"
    assert page.locator(unlabelled).evaluate_all("found => found.filter(each => !each.labels.length).length") == 0
