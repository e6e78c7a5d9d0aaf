"""WCAG 2.1 AA on every page (zákon č. 99/2019 Sb.): axe-core, keyboard alone, 200 % zoom, high contrast, no scripts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tinyhtml5.parser import HTMLParser

from tests.fixtures.gallery import Gallery, gallery
from tests.fixtures.office import own_port
from worker.demo.mailbox import Mailbox

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
ZOOMED: tuple[ViewportSize, ...] = ({"width": 640, "height": 450}, {"width": 320, "height": 480})
"""A screen of 1280 pixels at 200 % (WCAG 1.4.4) and at 400 % (1.4.10)."""
CZECH = {
    " ".join(part.split())
    for area in (Path(__file__).parents[2] / "worker" / "messages").glob("*.toml")
    for message in tomllib.loads(area.read_text(encoding="utf-8")).values()
    for part in re.split(r"\{\w+\}", message["cs"])
    if len(part.strip()) > 8 and re.search("[ěščřžýáíéúůňťď]", part)
}
"""What the catalogue says in Czech, in the pieces between its places."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """One office in all its states for the tests of this module: none of them changes what another looks at."""
    with Mailbox(own_port()) as mailbox, gallery(tmp_path_factory.mktemp("gallery"), mailbox.port) as built:
        yield built


def test_axe_finds_nothing_on_any_page_and_nobody_scrolls_sideways(shown: Gallery, page: Page) -> None:
    shown.sign_in(page.context)
    faults: list[str] = []
    for name in shown.paths:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 800, "height": 900})
        answer = page.goto(shown.address(name))
        if answer is None or answer.status != (404 if name.startswith("unknown") else 200):
            faults.append(f"{name}: {answer and answer.status}")
        reader = HTMLParser()
        reader.parse(answer.text() if answer else "")
        faults += [f"{name}: HTML {error}" for error in reader.errors]
        faults += [f"{name}: {fault}" for fault in _violations(page, RULES)]
        page.emulate_media(color_scheme="dark")
        faults += [f"{name}, dark: {fault}" for fault in _violations(page, CONTRAST)]
        for size in ZOOMED:
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                faults.append(f"{name}: {width} pixels wide on {size['width']}")
        if page.locator("script").count() or page.locator("[style], [onclick]").count():
            faults.append(f"{name}: scripts or inline styles, which the content security policy refuses")
    assert not faults, "\n".join(faults)


def test_english_pages_say_nothing_of_ours_in_czech(shown: Gallery, browser: Browser) -> None:
    """What the office wrote stays Czech and is marked so; our own words are English, and read out as such."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Prague")
    shown.sign_in(context)
    page = context.new_page()
    faults = []
    for name in shown.paths:
        page.goto(shown.address(name))
        assert page.locator("html").get_attribute("lang") == "en", name
        words = " ".join(page.evaluate(_ENGLISH).replace("\u00a0", " ").split())
        for reason in shown.reasons:  # in a story's line, as it was recorded
            words = words.replace(reason, "")
        faults += [f"{name}: {said}" for said in CZECH if said in words]
    context.close()
    assert not faults, "\n".join(faults)


_ENGLISH = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest('[lang]').lang !== 'cs') found.push(walker.currentNode.textContent);
  }
  return found.join(' ');
}"""


def test_she_decides_with_the_keyboard_alone_and_without_scripts(shown: Gallery, browser: Browser) -> None:
    context = browser.new_context(locale="cs-CZ", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(shown.address("approval zprava"))
    for name in ("Přejít k obsahu", "Přejít k rozhodnutí"):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        expect(focused).to_have_text(name)
        outline = focused.evaluate("each => getComputedStyle(each).outlineStyle")
        assert outline == "solid", f"{name}: nobody sees where the focus is"
    page.keyboard.press("Enter")
    _tab_to(page, "input[value=approve]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=return]")).to_be_checked()
    _tab_to(page, "#comment")
    page.keyboard.type("Prosím kratší titulek.")
    _tab_to(page, "section.decision button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vráceno k přepracování")).to_be_visible()
    _tab_to(page, ".outcome button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vaše rozhodnutí")).to_be_visible()
    context.close()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, each stop on the way being seen."""
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.count() == 1, "the focus is lost"
        if focused.evaluate("(each, wanted) => each.matches(wanted)", selector):
            assert focused.evaluate("each => getComputedStyle(each).outlineWidth") == "3px"
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_high_contrast_leaves_every_meaning_visible(shown: Gallery, browser: Browser) -> None:
    """Windows replaces the colours: what they said must be said by words, borders and lines as well."""
    context = browser.new_context(locale="cs-CZ", forced_colors="active")
    page = context.new_page()
    for name, selectors in (
        ("approval zprava", (".finding", "button", "textarea", ".decision")),
        ("approval znovu", ("button", ".diff .removed", ".diff .added", ".inbox")),
        ("approval schvaleno", (".outcome", "button")),
    ):
        page.goto(shown.address(name))
        for selector in selectors:
            width = page.locator(selector).first.evaluate("each => parseFloat(getComputedStyle(each).borderLeftWidth)")
            assert width >= 1, f"{name}: {selector} has nothing but its colour"
    page.goto(shown.address("approval znovu"))
    for tag, line in (("del", "line-through"), ("ins", "underline")):
        drawn = page.locator(f".diff {tag}").first.evaluate("each => getComputedStyle(each).textDecorationLine")
        assert drawn == line, tag
    context.close()


def test_on_paper_stands_the_text_itself(shown: Gallery, browser: Browser) -> None:
    """A frame is printed cut off, and nobody follows a link on paper."""
    context = browser.new_context(locale="cs-CZ")
    shown.sign_in(context)
    page = context.new_page()
    for name, on_paper, on_screen in (
        ("archive item", ("h1", "pre.on-paper"), ("iframe", "nav >> nth=0", "p.on-screen")),
        ("archive", ("h1", "ul.archive"), ("form.search", "nav.parts-of-archive", "p.feeds")),
        ("approval zprava", ("h1", ".draft details pre"), (".draft iframe", ".decision >> nth=0")),
        ("overview", ("h1", ".wants >> nth=0"), (".wants .do >> nth=0", "nav >> nth=0")),
        ("story being sent", ("h1", ".story"), (".orders >> nth=0", "p > a[download]")),
    ):
        page.goto(shown.address(name))
        for media, seen, unseen in (("print", on_paper, on_screen), ("screen", on_screen, ("pre.on-paper",))):
            page.emulate_media(media=media)  # type: ignore[arg-type]
            for selector in seen:
                expect(page.locator(selector)).to_be_visible()
            for selector in unseen:
                expect(page.locator(selector)).to_be_hidden()
    context.close()


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    if page.evaluate("!window.axe"):  # half a megabyte: once for each page, not for each look at it
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run({exclude: [['iframe']]}, options)", options)["violations"]
    return [f"{each['id']} ({each['impact']}): {node['html'][:120]}" for each in found for node in each["nodes"]]


def test_the_gallery_misses_no_page(shown: Gallery) -> None:
    """A new template of a page gets its place here."""
    folder = Path(__file__).parents[2] / "templates" / "web"
    known = {
        "approval",
        "edit",
        "rework",
        "comments",
        "choices",
        "task",
        "message",
        "unsubscribe",
        "preferences",
        "new_address",
        "sign_in",
        "entrance",
    }
    known |= {
        "overview",
        "timetable",
        "calendar",
        "contribute",
        "translate",
        "contributions",
        "contributions_of",
        "story",
        "correction",
        "preview",
        "page",
        "coordinator",
    }
    known |= {"accessibility", "archive", "archive_item", "press_kit", "handed", "ad_hoc", "agenda", "agenda_offer"}
    known |= {"mailing_account", "report", "plan", "plan_version", "lists", "sources", "media"}
    known |= {"recipients", "recipient", "lists_review", "importing", "importing_preview"}
    known |= {"joining", "joining_sent", "joining_confirm", "joining_nowhere"}
    assert {each.stem for each in folder.glob("*.html")} <= known
