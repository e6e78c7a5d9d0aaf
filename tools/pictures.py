"""Makes the pictures of README and handbooks: the approval page, the coordinator's overview, the newsletter and the
page of a publisher, each on a phone and on a narrow window, and the timetable of the four years.

Runs the demo's stage (the real plan, sample people, a local mailbox), opens the link from the spokesperson's mail in
Chromium, draws the timetable, approves both packages by clicking as she would, and photographs the newsletter that
then arrives and the page to which the mail with the Facebook text leads. Run it with `make pictures` after a change of
the pages, the style sheet, the newsletter or the plan; look at what it made.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures.chromium import ARGUMENTS, find_chromium
from worker.demo.mailbox import Mail
from worker.demo.stage import PACKAGES, Stage, stage
from worker.errors import HlasatelError
from worker.notices import sign_ins
from worker.times import parse_instant
from worker.timetables.content import gather
from worker.timetables.svg import svg
from worker.web.signed_in import COOKIE

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
PRESS_RELEASE, NEWSLETTER = PACKAGES
SEND_TIME = parse_instant("2026-12-08T10:00")
SIZES = {360: 800, 800: 960}
"""Width → height in CSS pixels; a picture shows the top of the page, as its reader sees it first."""
LARGEST = 150_000
"""Bytes a picture may have: they are all part of every clone."""
_LINK = re.compile(r"https?://\S+/schvaleni/\S+")
_HANDED = re.compile(r"https?://\S+/zverejneni/\S+")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def link_of(here: Stage, occurrence: str, wanted: re.Pattern[str] = _LINK) -> str:
    """The link in the mail about `occurrence` that has such a one: to the approval, unless `wanted` says otherwise."""
    mail = here.wait_for_mail(lambda mail: mail.occurrence == occurrence and wanted.search(mail.text) is not None)
    found = wanted.search(mail.text)
    assert found is not None, "the mail was chosen for its link"
    return found[0]


def approve(browser: Browser, link: str) -> None:
    """Decide as a person does: choose, then send the decision."""
    page = browser.new_page(locale="cs-CZ")
    page.goto(link)
    page.locator('input[name="decision"][value="approve"]').check()
    page.locator(".decision button").click()
    page.locator(".outcome.approve").wait_for()
    page.close()


def newsletter(here: Stage) -> Mail:
    """One recipient's copy, once the send time has come."""
    here.clock.jump_to(SEND_TIME)
    return here.wait_for_mail(lambda mail: mail.occurrence == NEWSLETTER and mail.message["List-Id"] is not None, 60)


def draw_timetable(here: Stage) -> None:
    """The plan with one package approved and one still asked for; the drawing itself, which is sharp at any size."""
    with here.office.database.read() as tx:
        drawn = svg(gather(tx, here.office, here.clock.clock.now()))
    file = FOLDER / "timetable.svg"
    file.write_text(drawn, encoding="utf-8")
    _report(file)


def photograph(browser: Browser, name: str, address: str, session: str = "") -> None:
    """`<name>-<width>.png` for every width, light scheme, one picture pixel per CSS pixel."""
    for width, height in SIZES.items():
        page: Page = browser.new_page(
            viewport={"width": width, "height": height}, locale="cs-CZ", timezone_id="Europe/Prague",
            color_scheme="light",
        )  # fmt: skip
        if session:
            page.context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
        page.goto(address, wait_until="networkidle")
        file = FOLDER / f"{name}-{width}.png"
        page.screenshot(path=file, animations="disabled")
        _report(file)
        wide = int(page.evaluate("document.documentElement.scrollWidth"))
        if wide > width:
            raise HlasatelError(f"{file.name}: the page is {wide} pixels wide and scrolls sideways at {width}.")
        page.close()


def _report(file: Path) -> None:
    """Say what was made, and refuse a picture that is too large."""
    size = file.stat().st_size
    print(f"{file.relative_to(FOLDER.parent.parent)}: {size // 1024} KB")
    if size > LARGEST:
        raise HlasatelError(f"{file.name} has {size} bytes; keep it below {LARGEST}, e.g. by a lower SIZES.")


def photograph_hers(here: Stage, browser: Browser, name: str, path: str) -> None:
    """A page of the coordinator, signed in as she would be."""
    with here.office.database.write() as tx:
        person = here.office.settings.coordinator
        session = sign_ins.mint(tx, sign_ins.Purpose.SESSION, person, here.clock.clock.now())
    photograph(browser, name, f"{here.office.settings.base_url}/koordinator{path}", session)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stage() as here, chromium() as browser:
        links = [link_of(here, occurrence) for occurrence in PACKAGES]
        photograph(browser, "approval", links[0])
        photograph_hers(here, browser, "overview", "")
        approve(browser, links[0])
        draw_timetable(here)
        for link in links[1:]:
            approve(browser, link)
        mail = newsletter(here)
        photograph(browser, "newsletter", f"{here.mailbox_url}/zprava/{mail.number}/html")
        photograph(browser, "handed", link_of(here, PRESS_RELEASE, _HANDED))
        photograph_hers(here, browser, "report", f"/vykaz?rok={SEND_TIME.year}")


if __name__ == "__main__":
    try:
        main()
    except (HlasatelError, LookupError) as error:
        sys.exit(str(error))
