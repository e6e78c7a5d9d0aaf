"""Mails to those who decide, as mail programs show them: narrow or wide, light or dark, with styles or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import Connection, select, update

from tests.fixtures.smtp_server import Received, scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import ASKED, body_of, read, work_at
from tests.store.sample import PRESS
from worker.notices import queue, render
from worker.office import Office
from worker.record import comments
from worker.record.comments import Via
from worker.store.database import Database
from worker.store.tables import drafts, notices, packages

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
KINDS_SHOWN = ("approval_again", "comment_round", "released", "mail_refused")
WIDTHS = (390, 1000)
LONG = "https://www.kraj-lbc.example.org/" + "velmi-dlouha-adresa-" * 10


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The HTML of mails that show all that a mail can show, by kind."""
    folder = tmp_path_factory.mktemp("mails")
    database = Database(f"sqlite:///{folder / 'hlasatel.sqlite3'}")
    database.bring_up_to_date()
    with scripted_relay() as relay:
        office = open_office(database, relay, folder)
        work_at(office, ASKED)
        with database.write() as tx:
            package = _new_version(tx)
            found = {kind: _html(tx, office, package, kind) for kind in KINDS_SHOWN}
    database.close()
    yield found


def _new_version(tx: Connection) -> int:
    """A second version of the press release with a fault, a comment and another Facebook text; its id."""
    old = tx.execute(select(packages).where(packages.c.occurrence_id == PRESS)).one()
    values = {**old._mapping, "id": None, "version": 2, "reason": "Upravil koordinátor."}
    package: int = tx.execute(packages.insert().values(values).returning(packages.c.id)).scalar_one()
    for row in tx.execute(select(drafts).where(drafts.c.package_id == old.id)).all():
        tx.execute(drafts.insert().values({**row._mapping, "id": None, "package_id": package}))
    fault = {"level": "error", "code": "missing-domicile", "message": "Chybí domicil."}
    changed = {"findings": [fault], "text": f"Úplně nový text. {LONG}"}
    tx.execute(update(drafts).where(drafts.c.package_id == package, drafts.c.kind == "facebook-text").values(changed))
    comments.add(tx, PRESS, "reditel", f"Viz {LONG}", ASKED, package_id=package, via=Via.ROUND)
    return package


def _html(tx: Connection, office: Office, package: int, kind: str) -> str:
    data: dict[str, Any] = {
        "reason": "Upravil koordinátor.",
        "following": "",
        "said": "",
        "who": "reditel",
        "what": "approval",
    }
    address = "reditel@kraj.example.org"
    queue.put(tx, kind, kind, "tiskovy-mluvci", ASKED, occurrence_id=PRESS, package_id=package, address=address, **data)
    notice = tx.execute(select(notices).where(notices.c.key == kind)).one()
    return body_of(read(Received("", "", render.mail(tx, office, notice, ASKED).data)), "html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mail_reads_well_narrow_or_wide_by_day_and_by_night(
    mails: dict[str, str], page: Page, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    faults: list[str] = []
    for kind, html in mails.items():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.set_content(html)
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{kind}: {wide} pixels wide on {width}"] if wide > width else []
        faults += [f"{kind}: {each['id']}" for each in Axe().run(page, options=RULES).response["violations"]]
    assert faults == []


def test_without_any_style_it_says_the_same_and_its_button_can_be_read(mails: dict[str, str], page: Page) -> None:
    for kind, html in mails.items():
        bare = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        bare = re.sub(r' (?:style|class)="[^"]*"', "", bare)
        page.set_content(html)
        meant = page.inner_text("body").split()
        page.set_content(bare)
        assert page.inner_text("body").split() == meant, kind
        faults = Axe().run(page, options=CONTRAST).response["violations"]
        assert faults == [], kind
        assert page.locator("a").count() <= 1
