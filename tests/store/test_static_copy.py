"""The static copy of the public pages, served by a server that knows nothing of Hlasatel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from sqlalchemy import update

from tests.fixtures.loopback import serving
from tests.store.desk import begin
from tests.store.sample import NOW, PRESS, add_people
from tests.store.test_archive import LATER, PHOTO, write
from tests.store.test_draft_files import CHART, OFFERED, with_files
from worker.archive import kit
from worker.audience.members import Addressed
from worker.delivery.freeze import freeze
from worker.office import Office
from worker.store.tables import drafts, withdrawals
from worker.web.static_copy import GONE_MARK, export

BASE, AT = "https://hlasatel.example.org/urad", "https://www.example.org/sdeleni"
ITEM = Path("archiv") / PRESS


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "kopie"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def at_base(office: Office) -> Office:
    return replace(office, settings=replace(office.settings, base_url=BASE))


def full(office: Office) -> Office:
    """One release with a file and a photo went out, and one that leads to it."""
    with_files(office, CHART, OFFERED)
    linking = f'<p>Viz <a href="{BASE}/archiv/{PRESS}">zprávu</a>, <a href="{BASE}/odber">odběr</a>.</p>'
    with office.database.write() as tx:
        add_people(tx, "media", [1])
        draft = tx.execute(drafts.select()).one()
        freeze(tx, office, PRESS, draft, Addressed(("media",)), NOW)
        kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
    begin(office, 1, occurrence="zprava-pro-obce/2025", lists=("obce",))
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.id != draft.id).values(html=linking))
    return at_base(office)


def names(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


def followed(base: str) -> set[str]:
    """Every address that can be reached by links, each of which has to lead somewhere."""
    waiting, seen = [f"{base}/archiv/"], {f"{base}/archiv/"}
    while waiting:
        here = waiting.pop()
        answer = requests.get(here, timeout=10)
        assert answer.status_code == 200, here
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|src)="([^"]*)"', answer.text):
            there = urljoin(here, unescape(link)).partition("#")[0]
            if there.startswith(base) and there not in seen:
                seen.add(there)
                waiting.append(there)
    return {urlsplit(each).path for each in seen}


def test_every_link_of_the_copy_leads_to_a_file_of_it(office: Office, copy: Path) -> None:
    export(full(office), copy, LATER, AT)
    with served(copy) as base:
        reached = followed(base)
    item = f"/archiv/{PRESS}"
    assert {
        "/archiv/", f"{item}/", f"{item}/press-release/", f"{item}/press-release/{OFFERED.name}",
        f"{item}/press-release/{CHART.name}",
        "/archiv/foto/1/namesti-1.jpg", "/archiv/rok-2026/", "/archiv/druh-press-release/", "/pristupnost/",
        "/hlasatel.css", "/archiv/atom.xml", "/archiv/feed.json",
    } <= reached  # fmt: skip
    assert (copy / f"archiv/{PRESS}/press-release/{OFFERED.name}").read_bytes() == OFFERED.content
    for name in names(copy):
        content = (copy / name).read_bytes()
        assert b"<form" not in content, name
        left = set(re.findall(rf'(?:href|src)="{BASE}(/[^"]*)"'.encode(), content))
        assert left <= {b"/odber", b"/o/archiv"}, (name, left)


def test_the_feeds_of_the_copy_lead_to_the_copy(office: Office, copy: Path) -> None:
    export(full(office), copy, LATER, AT)
    feed = json.loads((copy / "archiv/feed.json").read_bytes())
    assert feed["feed_url"] == f"{AT}/archiv/feed.json"
    assert {each["url"].removeprefix(AT) for each in feed["items"]} == {
        f"/archiv/{each}" for each in (PRESS, "zprava-pro-obce/2025")
    }
    assert all(each["id"].startswith(f"{BASE}/archiv/") for each in feed["items"])


def test_a_second_time_changes_nothing(office: Office, copy: Path) -> None:
    urad = full(office)
    first = export(urad, copy, LATER, AT)
    again = export(urad, copy, LATER + timedelta(minutes=5), AT)
    assert (again.written, again.kept, again.removed) == (0, first.written, 0)


def test_what_was_withdrawn_leaves_its_note_and_nothing_else(office: Office, copy: Path) -> None:
    urad = full(office)
    export(urad, copy, LATER, AT)
    assert (copy / ITEM / "press-release" / OFFERED.name).is_file()
    with office.database.write() as tx:
        why = {"occurrence_id": PRESS, "reason": "Údaje nebyly ověřené.", "person": "koordinator", "at": LATER}
        tx.execute(withdrawals.insert().values(why))
    changed = export(urad, copy, LATER, AT)
    assert names(copy / ITEM) == {"index.html", GONE_MARK} and not (copy / "archiv/foto").exists()
    assert changed.removed >= 3
    note = (copy / ITEM / "index.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Údaje nebyly ověřené." in note and "poradnu" not in note
    assert f"ErrorDocument 410 /sdeleni/archiv/{PRESS}/index.html" in (copy / ITEM / GONE_MARK).read_text()
    with served(copy) as base:
        assert f"/archiv/{PRESS}/" in followed(base), "the note is found from the list"


def test_nothing_under_embargo_is_in_the_copy_before_its_second(office: Office, copy: Path) -> None:
    urad, end = full(office), datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
    write(office, headline="Kraj otevřel poradnu", embargo="8. prosince 2026 v 12:00")
    export(urad, copy, end - timedelta(seconds=1), AT)
    assert not (copy / ITEM).exists() and not (copy / "archiv/foto").exists()
    assert all(b"poradnu" not in (copy / each).read_bytes() for each in names(copy))
    export(urad, copy, end, AT)
    assert (copy / ITEM / "press-release" / OFFERED.name).is_file()


def test_an_empty_archive_has_its_page_too(office: Office, copy: Path) -> None:
    export(at_base(office), copy, LATER, AT)
    with served(copy) as base:
        assert "/pristupnost/" in followed(base)
