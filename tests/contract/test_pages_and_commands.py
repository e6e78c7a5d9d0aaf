"""What the coordinator's pages can do the commands can do, and both write the same record, with who and why.

Every route of hers that takes a form stands here with the command that does the same, or with the reason why there is
none; each pair is done on two copies of one office, and what was recorded is compared. A new form without its command
fails the first test.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.routing import Route

from tests.contract.office_of_pairs import (
    SENT,
    WHO,
    fill,
)
from tests.contract.pairs import PAIRS, WHY, Pair
from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.conftest import asked_file, hasty, migrated_file, open_office, relay
from tests.store.desk import ASKED, environment
from tests.store.sample import CONFIG, PRESS
from worker.cli.main import main
from worker.notices import sign_ins
from worker.office import Office
from worker.record.events import after, count
from worker.store.database import Database
from worker.web.app import PAGE_MODULES
from worker.web.signed_in import COOKIE

__all__ = ["asked_file", "migrated_file", "relay"]
BY_LINK = {
    "/volba/{token}": "/koordinator/volba/{occurrence:path}",
    "/seznamy/{token}": "/koordinator/seznamy",
}
"""What she, or whoever keeps a list, does behind a mailed link, by the page where she does it signed in."""
NO_COMMAND = {
    "/koordinator/prihlaseni": "a browser signs in; whoever types commands is on the machine",
    "/koordinator/vstup/{token}": "the same",
    "/koordinator/odhlaseni": "ends this browser's session alone; all of them ends: access end sessions",
}
"""Forms of the coordinator without a command, and why."""


def posts() -> Iterator[str]:
    """The paths of the forms that are the coordinator's."""
    for name in PAGE_MODULES:
        for route in importlib.import_module(f"worker.web.{name}").routes():
            takes_a_form = isinstance(route, Route) and "POST" in (route.methods or ())
            if takes_a_form and (route.path.startswith("/koordinator") or route.path in BY_LINK):
                yield route.path


def test_every_form_has_its_command() -> None:
    known = {pair.route for pair in PAIRS.values()} | set(NO_COMMAND) | set(BY_LINK)
    assert set(posts()) == known, "a form of the coordinator's pages has no pair in PAIRS, or one has gone"
    assert set(BY_LINK.values()) <= {pair.route for pair in PAIRS.values()}


@pytest.fixture(scope="module")
def prepared(asked_file: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of one office in which everything that the pairs act on is there."""
    folder = tmp_path_factory.mktemp("pairs")
    shutil.copyfile(asked_file[0], folder / "h.sqlite3")
    database = hasty(folder / "h.sqlite3")
    with scripted_relay() as smtp:
        office = open_office(database, smtp, folder)
        fill(office)
    database.close()
    return folder


def copy_of(prepared: Path, folder: Path, relay: ScriptedRelay, pair: Pair) -> tuple[Office, int]:
    """An office on a copy of what was prepared, in the state that the pair needs, and how long its record is."""
    folder.mkdir()
    shutil.copyfile(prepared / "h.sqlite3", folder / "h.sqlite3")
    database: Database = hasty(folder / "h.sqlite3")
    office = open_office(database, relay, folder)
    pair.before(office)
    with database.read() as tx:
        return office, count(tx)


def recorded(office: Office, since: int, pair: Pair) -> list[tuple[Any, ...]]:
    with office.database.read() as tx:
        found = after(tx, since)
    office.database.close()
    said = [{name: each.data[name] for name in each.data if name not in pair.varies} for each in found]
    return [(each.kind, each.occurrence_id, each.person, data) for each, data in zip(found, said, strict=True)]


def on_the_page(office: Office, pair: Pair) -> None:
    number = str(pair.number(office))
    form = {name: value.replace("{number}", number) for name, value in pair.form.items()}
    path = (pair.path or pair.route.replace("{occurrence:path}", PRESS if "choice" in form else SENT)).replace(
        "{number}", number
    )
    with office.database.write() as tx:
        token = sign_ins.mint(tx, sign_ins.Purpose.SESSION, WHO, ASKED)
    with pages(office, ASKED) as served:
        browser = requests.Session()
        browser.headers["Cookie"] = f"{COOKIE}={token}"
        base = served.settings.base_url
        proof = re.search(r'name="proof" value="([0-9a-f]{64})"', browser.get(f"{base}/koordinator", timeout=20).text)
        assert proof is not None
        sent = form | {"proof": proof[1]}
        files = {name: (called, content) for name, (called, content) in pair.files.items()}
        answer = browser.post(base + path, data=sent, files=files or None, timeout=20, allow_redirects=False)
        if pair.route == "/koordinator/vlozeni":  # it is looked at before it is taken
            upload = re.search(r'name="upload" value="([^"]+)"', answer.text)
            assert upload is not None, answer.text
            taken = {"order": "take", "upload": upload[1], "proof": proof[1]}
            answer = browser.post(base + path, data=taken, timeout=20, allow_redirects=False)
        problem = re.search(r'<p class="problem"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
        assert answer.status_code in (200, 303), problem[1] if problem else answer.text


def by_the_command(office: Office, pair: Pair, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number, file = str(pair.number(office)), ""
    for called, content in pair.files.values():
        (folder / called).write_bytes(content)
        file = str(folder / called)
    config = folder / "config"  # as the tests' office, it has no media
    shutil.copytree(CONFIG, config, ignore=shutil.ignore_patterns("channels.yaml"))
    for name, value in (environment(office) | {"HLASATEL_CONFIG": str(config)}).items():
        monkeypatch.setenv(name, value)
    with office.database.write() as tx:
        sign_ins.mint(tx, sign_ins.Purpose.SESSION, WHO, ASKED)  # the page has one, too
    arguments = [each.replace("{number}", number).replace("{file}", file) for each in pair.command]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *(["--now", ASKED.isoformat()] if pair.dated else [])])
    assert not ended.value.code


@pytest.mark.parametrize("name", PAIRS)
def test_both_write_the_same_record(
    name: str, prepared: Path, tmp_path: Path, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = PAIRS[name]
    found = []
    for way in ("page", "command"):
        office, since = copy_of(prepared, tmp_path / way, relay, pair)
        if way == "page":
            on_the_page(office, pair)
        else:
            by_the_command(office, pair, tmp_path / way, monkeypatch)
        found.append(recorded(office, since, pair))
    page, command = found
    assert page, "nothing was recorded"
    assert [each[:3] for each in page] == [each[:3] for each in command]
    for ours, theirs in zip(page, command, strict=True):
        person = ours[2]
        if person == WHO:
            assert ours[3].pop("whence") == "page 127.0.0.1" and theirs[3].pop("whence") == "command", ours
        assert ours[3] == theirs[3]
    if "reason" in pair.form:
        assert WHY in json.dumps([each[3] for each in page], ensure_ascii=False), "the reason is not recorded"
