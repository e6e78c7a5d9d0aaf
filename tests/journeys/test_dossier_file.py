"""The dossier as the records office has it: opened from a disk, read by anybody (WCAG 2.1 AA), printed to PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.fixtures.gallery import gallery, id_of
from tests.fixtures.office import own_port
from tests.store.desk import ASKED
from worker.demo.mailbox import Mailbox
from worker.dossier.page import dossier, file_name

RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}


def exported(folder: Path) -> list[Path]:
    """The dossiers of one that was returned, reworked and commented on, and of one that was approved."""
    files = []
    with Mailbox(own_port()) as mailbox, gallery(folder, mailbox.port) as built, built.office.database.read() as tx:
        for name in ("znovu", "schvaleno"):
            made = dossier(tx, built.office, id_of(name), ASKED)
            assert made is not None
            file = folder / file_name(id_of(name))
            file.write_text(made, encoding="utf-8", newline="")
            files.append(file)
    return files


@pytest.mark.long
def test_it_is_read_and_printed_without_anything_beside_it(page: Page, tmp_path: Path) -> None:
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    for file in exported(tmp_path):
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
        found = Axe().run(page, context={"exclude": [["iframe"]]}, options=RULES).response["violations"]
        assert not [(each["id"], node["html"][:120]) for each in found for node in each["nodes"]], file.name
        for width in (640, 320):
            page.set_viewport_size({"width": width, "height": 450})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{file.name} scrolls sideways"
        printed = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
        page.emulate_media(media="print")
        expect(page.locator("article pre").first).to_be_visible()
        expect(page.locator("pre[data-sha256]").first).to_be_hidden()
        expect(page.locator(".paper")).to_be_visible()
        page.emulate_media(media="screen")
    assert all(address.startswith(("file:", "about:", "data:")) for address in asked_for), asked_for
