"""The page of the comment round as a browser meets it: reading changes nothing, and no field on it decides."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from tests.fixtures.pages import pages, reader
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import notices_to, occurrence, state, work_at
from tests.store.planned import with_file
from tests.store.test_comments import ASKED, BEGUN, DRAFTED, ENDS, ID, MINUTE, ROUND, kept, link
from worker.office import Office


@pytest.fixture
def asking(office: Office, tmp_path: Path) -> Office:
    """An office whose drafted press release waits for comments."""
    asking = with_file(office, tmp_path / "schedules.yaml", ROUND)
    for at in (BEGUN, DRAFTED):
        work_at(asking, at)
    return asking


def send(address: str, text: str, version: str = "1") -> requests.Response:
    return requests.post(address, {"comment": text, "version": version}, timeout=10, allow_redirects=False)


def test_the_page_shows_the_whole_text_and_one_field(asking: Office, relay: ScriptedRelay) -> None:
    with pages(asking, DRAFTED) as reached:
        address = f"{reached.settings.base_url}/pripominky/{link(asking, relay, 'reditel')}"
        before = occurrence(asking, ID)
        page = reader("cs").get(address, timeout=10)
        head = requests.head(address, timeout=10)
        (frame,) = re.findall(r'<iframe[^>]* sandbox src="([^"]+)"', page.text)
        preview = requests.get(frame, timeout=10)
    assert (page.status_code, head.status_code, preview.status_code) == (200, 200, 200)
    assert re.findall(r'name="(\w+)"', page.text.partition("<main")[2]) == ["version", "comment"]
    assert "10:00&nbsp;v&nbsp;pondělí" in page.text or "10:00 v\N{NO-BREAK SPACE}pondělí" in page.text
    assert "sandbox" in preview.headers["Content-Security-Policy"]
    assert "no-referrer" in page.headers["Referrer-Policy"]
    assert occurrence(asking, ID) == before
    assert kept(asking) == []


def test_a_comment_is_kept_shown_and_told(asking: Office, relay: ScriptedRelay) -> None:
    with pages(asking, DRAFTED) as reached:
        address = f"{reached.settings.base_url}/pripominky/{link(asking, relay, 'reditel')}"
        answer = send(address, "Zkraťte titulek.\r\n<script>alert(1)</script>")
        shown = reader("cs").get(answer.headers["Location"], timeout=10)
        others = reader("cs").get(
            f"{reached.settings.base_url}/pripominky/{link(asking, relay, 'vedeni-kraje')}", timeout=10
        )
    assert (answer.status_code, shown.status_code) == (303, 200)
    assert 'role="status"' in shown.text
    for page in (shown, others):
        assert "Zkraťte titulek.\n&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert kept(asking) == [("Ředitel krajského úřadu", 1, "Zkraťte titulek.\n<script>alert(1)</script>")]
    assert len(notices_to(asking, "koordinator", "comment_made")) == 1
    assert state(asking, ID) == "preparing"


@pytest.mark.parametrize(
    ("text", "version"), [("", "1"), ("a\x01b", "1"), ("x" * 5001, "1"), ("Text.", ""), ("Text.", "9")]
)
def test_what_is_refused_is_not_lost(asking: Office, relay: ScriptedRelay, text: str, version: str) -> None:
    with pages(asking, DRAFTED) as reached:
        answer = send(f"{reached.settings.base_url}/pripominky/{link(asking, relay, 'reditel')}", text, version)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert text.replace("\x01", "") in answer.text.replace("\x01", "").replace("\N{REPLACEMENT CHARACTER}", "")
    assert kept(asking) == []


def test_after_the_round_the_page_says_so_and_gives_back_what_was_typed(asking: Office, relay: ScriptedRelay) -> None:
    token = link(asking, relay, "reditel")
    with pages(asking, ENDS) as reached:
        address = f"{reached.settings.base_url}/pripominky/{token}"
        page, late = reader("cs").get(address, timeout=10), send(address, "Zkraťte titulek.")
    assert (page.status_code, late.status_code) == (200, 409)
    assert "<form" not in page.text
    assert "Zkraťte titulek.</textarea>" in late.text and "<button" not in late.text.partition("<main")[2]
    assert kept(asking) == []
    work_at(asking, ASKED)
    with pages(asking, ASKED) as reached:
        asked = reader("en").get(f"{reached.settings.base_url}/pripominky/{token}", timeout=10)
    assert (asked.status_code, "<form" in asked.text) == (200, False)
    assert "Comments are not collected any more" in asked.text


def test_wrong_foreign_and_expired_links_get_the_neutral_answer(asking: Office, relay: ScriptedRelay) -> None:
    token = link(asking, relay, "reditel")
    with pages(asking, ASKED + timedelta(days=8)) as reached:
        base = reached.settings.base_url
        over = [requests.get(f"{base}/pripominky/{token}", timeout=10), send(f"{base}/pripominky/{token}", "Text.")]
        wrong = [send(f"{base}/pripominky/{'x' * 43}", "Text."), requests.get(f"{base}/schvaleni/{token}", timeout=10)]
        frame = requests.get(f"{base}/pripominky/nahled/press-release/{'x' * 43}", timeout=10)
    assert [each.status_code for each in (*over, *wrong, frame)] == [410, 410, 404, 404, 404]
    assert kept(asking) == []
    with pages(asking, DRAFTED + MINUTE) as reached:
        foreign = requests.post(
            f"{reached.settings.base_url}/pripominky/{token}", {"comment": "Text.", "version": "1"},
            headers={"Origin": "https://jinde.example.com"}, timeout=10,
        )  # fmt: skip
    assert foreign.status_code == 403
    assert kept(asking) == []
