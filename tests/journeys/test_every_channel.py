"""One approved occurrence reaches every place it belongs; one that fails neither delays nor repeats the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page

from tests.fixtures.graph_server import PAGE, TOKEN, GraphServer, Trouble, graph_server
from tests.fixtures.hook_server import SECRET, HookServer, hook_server
from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, SENT_AT, Office

NEWSROOMS = [f"redakce{number}@noviny.example.org" for number in range(3)]
PUBLISHER = "facebook@liberecky-kraj.example.org"
WEBHOOK = """
webhook:
  name: Systém úřadu
  channel: webhook
  takes: [press-release]
  ours: Ukázka pro test.
  options: {{url: "{url}", internal: [127.0.0.0/8]}}
"""
OUT_THERE = "https://www.facebook.com/integrace/posts/1"
LOOKED_FOR = "2026-12-08T10:03"


@pytest.fixture
def facebook() -> Iterator[GraphServer]:
    with graph_server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


@pytest.fixture
def environ(plan: Path, facebook: GraphServer, hook: HookServer) -> dict[str, Any]:
    """The shipped plan, where one of the region's pages is posted to and the other is still filled by hand."""
    file = plan.parent / "config" / "channels.yaml"
    shipped = file.read_text(encoding="utf-8")
    begins = shipped.index("facebook-kraje:")
    ends = shipped.index("\n\n", begins)
    page = shipped[begins:ends].replace("channel: handoff", "channel: facebook")
    page = re.sub(r"\n  person: .*", "", page)
    page = re.sub(r"options: .*", f'options: {{page: "{PAGE}", graph: "{facebook.address}"}}', page)
    file.write_text(shipped[:begins] + page + shipped[ends:] + WEBHOOK.format(url=hook.url), encoding="utf-8")
    return {
        "HLASATEL_PLAN": str(plan),
        "HLASATEL_CONFIG": str(file.parent),
        "HLASATEL_FACEBOOK_TOKEN": TOKEN,
        "HLASATEL_WEBHOOK_SECRET": SECRET,
    }


def _places(office: Office, environ: dict[str, Any], now: str) -> dict[str, dict[str, Any]]:
    told = json.loads(office.run("why", PRESS_RELEASE, "--format", "json", "--now", now, **environ))
    return {f"{each['medium']}/{each['kind']}": each for each in told["places"]}


def _arrived(office: Office, facebook: GraphServer, hook: HookServer) -> tuple[int, int, int, int]:
    """Mails to newsrooms, mails to whoever publishes by hand, webhooks and posts."""
    handed = office.mails_about(PRESS_RELEASE, to=PUBLISHER)
    return len(office.delivered(PRESS_RELEASE)), len(handed), len(hook.got), len(facebook.posts)


def test_one_approval_reaches_every_place_and_only_what_failed_is_tried_again(
    sqlite_office: Office, environ: dict[str, Any], facebook: GraphServer, hook: HookServer, page: Page
) -> None:
    office = sqlite_office
    office.run("recipients", "import", "media", str(_newsrooms(office)), **environ)
    office.run("tick", "--now", ASKED_AT, **environ)
    with office.serving("web", ASKED_AT, **environ):
        answer = requests.post(office.link(PRESS_RELEASE, "schvaleni"), data={"decision": "approve"}, timeout=10)
        assert answer.status_code == 200
    facebook.troubles["feed"] = [Trouble(status=500, body="<h1>Sorry, something went wrong</h1>")]
    office.run("tick", "--now", SENT_AT, **environ)

    assert _arrived(office, facebook, hook) == (3, 1, 1, 0), "the one that fails delays none of the others"
    found = _places(office, environ, SENT_AT)
    assert {place: each["state"] for place, each in found.items()} == {
        "verejna-stranka/press-release": "published",
        "webhook/press-release": "published",
        "facebook-kraje/facebook-text": "unknown",
        "facebook-integrace/facebook-text": "asked",
    }
    with office.serving("web", LOOKED_FOR, **environ):
        _stands_on_the_web(office)
        _is_told_in_a_browser(office, page)
    office.run("tick", "--now", LOOKED_FOR, **environ)
    assert _arrived(office, facebook, hook) == (3, 1, 1, 1), "it alone is tried again"
    _is_told_with_addresses_and_times(office, environ, facebook)
    before = list(facebook.calls)
    office.run("tick", "--now", "2026-12-09T10:00", **environ)
    assert _arrived(office, facebook, hook) == (3, 1, 1, 1) and facebook.calls == before
    entries = json.loads(office.run("timetable", "--format", "json", **environ))
    assert [entry["state"] for entry in entries if entry["id"] == PRESS_RELEASE] == ["done"]


def _newsrooms(office: Office) -> Path:
    file = office.folder / "media.csv"
    file.write_text("address,name\n" + "".join(f"{each},\n" for each in NEWSROOMS), encoding="utf-8")
    return file


def _stands_on_the_web(office: Office) -> None:
    where = f"{office.base_url}/archiv"
    assert requests.get(f"{where}/{PRESS_RELEASE}", timeout=10).status_code == 200
    for feed in ("atom.xml", "feed.json"):
        assert f"{where}/{PRESS_RELEASE}" in requests.get(f"{where}/{feed}", timeout=10).text


def _is_told_in_a_browser(office: Office, page: Page) -> None:
    """Whoever publishes by hand copies the text from her page, and says there where it is."""
    page.goto(office.link(PRESS_RELEASE, "zverejneni"))
    assert len(page.get_by_label("Text ke zkopírování").input_value()) > 50
    page.get_by_label("Zveřejněno").check()
    page.get_by_label(re.compile("^Adresa, na které to je")).fill(OUT_THERE)
    page.get_by_role("button", name="Zapsat").click()
    assert page.get_by_text("Zveřejněno. Děkujeme, je to zapsané.").is_visible()


def _is_told_with_addresses_and_times(office: Office, environ: dict[str, Any], facebook: GraphServer) -> None:
    told = office.run("why", PRESS_RELEASE, "--now", LOOKED_FOR, **environ)
    where, posted = f"{office.base_url}/archiv", facebook.posts[0]["permalink_url"]
    shown = " ".join(told.split())
    day = r"8\. 12\. 2026 10:0\d:\d\d SEČ"
    for words in (
        r"předáno 3",
        rf"Veřejná stránka Hlasatele: zveřejněno {day} – {where}/{PRESS_RELEASE}",
        rf"i v odběru novinek: {where}/atom\.xml, {where}/feed\.json",
        rf"Facebook Libereckého kraje: zveřejněno {day} – {posted}",
        rf"Facebook „Integrace národnostních menšin a cizinců Libereckého kraje“: zveřejněno {day} – {OUT_THERE}",
        rf"Systém úřadu: zveřejněno {day}",
    ):
        assert re.search(words, shown.replace("\u00a0", " ")), words
