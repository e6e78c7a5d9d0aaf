"""Mails and pages in Chromium: what axe finds, how wide they are, and pictures to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures.chromium import ARGUMENTS, find_chromium

WIDTHS = (360, 800)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations", "incomplete"],
    "iframes": False,
}
_TWICE = """() => {
  const all = [...document.querySelectorAll('body *')].map(each => [each, parseFloat(getComputedStyle(each).fontSize)]);
  for (const [each, size] of all) each.style.setProperty('font-size', 2 * size + 'px', 'important');
}"""
"""200 % text as a mail program does it: the letters grow, the layout does not."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def faults(browser: Browser, mail: Path, pictures: Path) -> list[str]:
    """What is wrong with a mail at both widths, in both schemes, without pictures and at 200 % text; a picture of each
    goes to `pictures`.
    """
    found: list[str] = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            with _tab(browser, width, scheme) as page:
                page.goto(mail.as_uri())
                found += _too_wide(page, width, scheme)
                page.screenshot(path=pictures / f"{mail.parent.name}-{width}-{scheme}.png", full_page=True)
                if width == WIDTHS[0]:
                    found += [f"{scheme}: axe {each}" for each in violations(page)]
    with _tab(browser, WIDTHS[0], "light") as page:
        page.goto(mail.as_uri())
        page.evaluate(_TWICE)
        found += _too_wide(page, WIDTHS[0], "200 % text")
        page.screenshot(path=pictures / f"{mail.parent.name}-{WIDTHS[0]}-twice.png", full_page=True)
    with _tab(browser, WIDTHS[0], "light") as page:
        page.set_content(re.sub(r'(<img[^>]*? src=")[^"]*', r"\1about:blank", mail.read_text(encoding="utf-8")))
        found += _too_wide(page, WIDTHS[0], "without pictures")
        page.screenshot(path=pictures / f"{mail.parent.name}-{WIDTHS[0]}-bare.png", full_page=True)
    return found


def violations(page: Page) -> Iterator[str]:
    """What axe finds, and what it could not decide about contrast."""
    answer: dict[str, Any] = Axe().run(page, options=RULES).response
    yield from (str(each["id"]) for each in answer["violations"])
    yield from (f"{each['id']} undecided" for each in answer["incomplete"] if each["id"] == "color-contrast")


@contextmanager
def _tab(browser: Browser, width: int, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="cs-CZ", timezone_id="Europe/Prague"
    )
    try:
        yield page
    finally:
        page.close()


def _too_wide(page: Page, width: int, how: str) -> list[str]:
    wide = int(page.evaluate("document.documentElement.scrollWidth"))
    return [f"{how}: {wide} pixels wide on {width}"] if wide > width else []
