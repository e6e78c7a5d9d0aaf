"""The gallery shows every kind whole, from the shipped plan, with its files beside it."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.fixtures.office import PROJECT
from worker.cli.main import main
from worker.kinds import all_kinds
from worker.messages import say

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"], "iframes": False}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
WIDTHS = (360, 800)
SPOILT = "survey-reminder"
"""The kind whose subject asks for a value that nobody has; its call has the same layout."""
DARK = ("crisis-statement", "invitation", "newsletter")
"""Together they have every element that any mail has."""
LARGEST_MAIL = 80_000
"""Bytes after inlining: some programs cut what is longer than 102 KB."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `hlasatel kinds` wrote, where one template is broken."""
    folder, said = tmp_path_factory.mktemp("gallery"), StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("HLASATEL_DATA", str(folder / "data"))
        patch.setenv("HLASATEL_CONFIG", str(spoilt_config(folder)))
        with redirect_stdout(said), pytest.raises(SystemExit) as ended:
            main(["kinds", "--out", str(folder / "out"), "--now", "2026-11-21T12:00"])
    assert ended.value.code in (0, None)
    (folder / "said.txt").write_text(said.getvalue(), encoding="utf-8")
    return folder / "out"


def test_every_kind_is_there_whole(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<section aria-labelledby="([\w-]+)">', page)) == set(all_kinds())
    for kind in all_kinds().values():
        assert f">{say(kind.label_key, 'cs')}</h2>" in page
        if kind.id == SPOILT:
            continue
        text = (gallery / kind.id / "text.txt").read_text(encoding="utf-8")
        assert text.strip() and "@@" not in text
        assert (gallery / kind.id / "mail.html").is_file() == kind.has_html


def test_what_it_leads_to_is_there(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    leads = re.findall(r'(?:href|src)="([^"#:]+)"', page)
    assert [each for each in leads if not (gallery / each).is_file()] == []
    assert "press-release/tiskova-zprava-2026-12.docx" in leads
    calendar = next((gallery / "invitation").glob("*.ics")).read_text(encoding="utf-8")
    assert "DTSTART;TZID=Europe/Prague:20261210T160000" in calendar


def test_what_only_a_person_writes_is_named(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    part = page.split('<section aria-labelledby="survey-call">')[1].split("</section>")[0]
    labels = re.search(rf"{say('gallery.sampled', 'cs')}</dt><dd>([^<]*)", part)
    assert labels is not None
    assert labels[1].startswith("Titulek, Na co se ptáme a proč, Odkaz na dotazník")


def mails(gallery: Path) -> list[Path]:
    found = sorted(gallery.glob("*/mail.html"))
    assert len(found) == sum(kind.has_html for kind in all_kinds().values()) - 1
    return found


def test_every_mail_reads_well_narrow_or_wide_by_day_and_by_night(gallery: Path, page: Page) -> None:
    faults: list[str] = []
    for mail in mails(gallery):
        kind = mail.parent.name
        faults += [f"{kind}: {mail.stat().st_size} bytes"] if mail.stat().st_size > LARGEST_MAIL else []
        page.emulate_media(color_scheme="light")
        page.set_content(mail.read_text(encoding="utf-8"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{kind}: {wide} pixels wide on {width}"] if wide > width else []
        faults += [f"{kind}: {each['id']}" for each in Axe().run(page, options=RULES).response["violations"]]
        if kind not in DARK:
            continue
        page.emulate_media(color_scheme="dark")
        faults += [f"{kind}, dark: {each['id']}" for each in Axe().run(page, options=CONTRAST).response["violations"]]
    assert faults == []


def test_the_page_itself_is_for_everybody(gallery: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto((gallery / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [each["id"] for each in Axe().run(page, options=RULES).response["violations"]] == []


def test_a_kind_that_cannot_be_drafted_is_told_and_hides_no_other(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    assert page.count('<p class="error">') == 1
    part = page.split(f'<section aria-labelledby="{SPOILT}">')[1].split("</section>")[0]
    assert f"email/{SPOILT}/subject.txt" in part
    said = (gallery.parent / "said.txt").read_text(encoding="utf-8")
    assert f"druhů {len(all_kinds())}, z toho bez ukázky 1." in said


def spoilt_config(folder: Path) -> Path:
    """The shipped configuration with a template of the office's own that asks for a value nobody has."""
    config = folder / "config"
    for file in (PROJECT / "config").iterdir():
        if file.is_file():
            config.mkdir(exist_ok=True)
            (config / file.name).write_bytes(file.read_bytes())
    own = config / "templates" / "email" / SPOILT
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("{{ fields.nothing }}", encoding="utf-8")
    return config
