"""What the spokesperson and the coordinator do in a browser: approve, return, rework, take back."""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office


def test_she_approves_on_her_phone(sqlite_office: Office, page: Page) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    page.set_viewport_size({"width": 390, "height": 844})
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
        expect(page.locator("main")).to_contain_text("zveřejní: Správce facebookové stránky")
        inbox = page.locator(".inbox").first
        expect(inbox).to_contain_text("Liberecký kraj – tiskové zprávy <tiskove@")
        expect(inbox).to_contain_text("Tisková mluvčí <mluvci@")
        assert "\u00a0" in (inbox.locator("strong").text_content() or ""), "the subject is typeset"
        assert page.locator("input[type=radio]:checked").count() == 0
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        assert "schvaluje" not in office.run("why", PRESS_RELEASE), "an empty form decided"
        page.get_by_label("Schvaluji").check()
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
        page.get_by_role("button", name="Vzít rozhodnutí zpět").click()
        expect(page.get_by_role("heading", name="Vaše rozhodnutí")).to_be_visible()
        page.get_by_label("Schvaluji").check()
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
    office.tick(SENT_AT)
    assert [mail.recipient for mail in office.delivered(PRESS_RELEASE)] == ["redakce@noviny.example.org"]


def test_what_she_returns_is_reworked_and_asked_again(sqlite_office: Office, page: Page) -> None:
    office = sqlite_office
    office.import_people("obcane", ["obcan@posta.example.net"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        first = office.link(NEWSLETTER, "schvaleni")
        page.goto(first)
        page.get_by_label("Vracím").check()
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        expect(page.get_by_role("alert")).to_contain_text("napsat, co se má změnit")
        page.get_by_label("Vracím").check()
        page.get_by_label("Komentář").fill("Prosím kratší úvod & bez <zkratek>.")
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        expect(page.get_by_role("heading", name="Vráceno k přepracování")).to_be_visible()
        office.tick("2026-12-01T10:05")
        page.goto(office.link(NEWSLETTER, "uprava"))
        expect(page.locator("blockquote")).to_have_text("Prosím kratší úvod & bez <zkratek>.")
        page.get_by_label("Titulek").first.fill("Nový titulek")
        help_id = page.get_by_label("Úvod").get_attribute("aria-describedby")
        expect(page.locator(f"#{help_id}")).to_contain_text("hvězdičky")
        field = page.locator("textarea[name^='newsletter.']").first
        field.fill("Krátký úvod po úpravě.\n\nDruhý odstavec.")
        page.get_by_role("button", name="Předložit novou verzi").click()
        expect(page.get_by_role("status")).to_contain_text("verze 2")
        office.tick("2026-12-01T10:10")
        page.goto(first)
        expect(
            page.get_by_role("heading", name="Co se změnilo od verze, kterou jste dostali naposledy")
        ).to_be_visible()
        places = page.locator(".diff li")
        expect(places.first.locator(".removed")).to_contain_text(re.compile(r"Předmět: Sociální začleňování\sv\skraji"))
        expect(places.first.locator(".added")).to_contain_text("Předmět: Nový titulek")
        expect(page.locator(".diff")).to_contain_text("Krátký úvod po úpravě.")
        assert "====" not in page.locator("main").inner_text(), "a rule of the text part is no change"
        _fits(page)
        page.goto(office.link(NEWSLETTER, "schvaleni"))
        page.get_by_label("Schvaluji").check()
        page.get_by_role("button", name="Odeslat rozhodnutí").click()
        expect(page.get_by_role("heading", name="Schváleno")).to_be_visible()
    office.tick(SENT_AT)
    sent = office.delivered(NEWSLETTER)
    assert len(sent) == 1
    assert "Krátký úvod po úpravě." in sent[0].text
    assert "Krátký úvod po úpravě." in sent[0].html


def test_the_mail_that_asks_reads_well_on_a_phone(sqlite_office: Office, page: Page) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    page.set_viewport_size({"width": 360, "height": 740})
    for occurrence in (PRESS_RELEASE, NEWSLETTER):
        mail = office.mails_about(occurrence)[0]
        assert "v\u00a0úterý 8.\u00a0prosince 2026 v\u00a010:00 (SEČ)" in mail.html
        page.set_content(mail.html)
        _fits(page)


def _fits(page: Page) -> None:
    """Nobody scrolls sideways, headings go down one step at a time, and every field has its label."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    levels = page.locator("h1, h2, h3").evaluate_all("found => found.map(each => Number(each.tagName[1]))")
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    unlabelled = "input:not([type=hidden]), textarea"
    assert page.locator(unlabelled).evaluate_all("found => found.filter(each => !each.labels.length).length") == 0
