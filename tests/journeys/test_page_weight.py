"""What the coordinator's pages weigh on a slow phone: bytes and requests are held, seconds are not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
import requests

from tests.fixtures.gallery import Gallery, gallery
from tests.fixtures.office import own_port
from worker.demo.mailbox import Mailbox
from worker.web.signed_in import COOKIE

HEAVIEST = 60_000
"""Bytes of a page with its style sheet, as they are sent: three seconds at 160 kbit/s."""
STRIP = 30_000
"""Bytes of the overview, with its picture of the years."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with Mailbox(own_port()) as mailbox, gallery(tmp_path_factory.mktemp("weight"), mailbox.port) as built:
        yield built


def hers(shown: Gallery) -> dict[str, str]:
    """The pages that take a signed-in coordinator, by name."""
    return {name: path for name, path in shown.paths.items() if path.startswith("/koordinator")}


def fetched(shown: Gallery, path: str) -> tuple[requests.Response, int]:
    """The answer to a phone, and how many bytes of it were sent."""
    headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={shown.session}"}
    answer = requests.get(shown.office.settings.base_url + path, headers=headers, timeout=20, stream=True)
    sent: bytes = answer.raw.read(decode_content=False)
    packed = answer.headers.get("Content-Encoding") == "gzip"
    answer._content = gzip.decompress(sent) if packed else sent
    return answer, len(sent)


def test_no_page_is_heavy_and_none_asks_for_more_than_a_style_sheet(shown: Gallery) -> None:
    base, seen, weights = shown.office.settings.base_url, set(), {}
    for name, path in hers(shown).items():
        answer, sent = fetched(shown, path)
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
        assert len(sheets) == 1 and "<script" not in answer.text and "@import" not in answer.text, name
        asked_for = set(re.findall(r'<(?:img|iframe)[^>]* src="([^"]+)"', answer.text))
        assert all(each.startswith((base, "data:")) for each in asked_for), name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy, name
        seen.add(sheets[0])
        weights[name] = sent
    assert len(seen) == 1, "one style sheet for all, fetched once"
    sheet, size = fetched(shown, seen.pop().removeprefix(base))
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert {name: sent + size for name, sent in weights.items() if sent + size > HEAVIEST} == {}
    assert fetched(shown, "/koordinator")[1] <= STRIP


def test_what_is_packed_says_so_and_is_not_kept(shown: Gallery) -> None:
    answer, sent = fetched(shown, "/koordinator")
    assert answer.headers["Content-Encoding"] == "gzip" and sent < len(answer.content) / 2
    assert {"Accept-Encoding", "Accept-Language"} <= set(re.split(r",\s*", answer.headers["Vary"]))
    assert answer.headers["Cache-Control"] == "no-store"
    plain = requests.get(
        shown.office.settings.base_url + "/archiv", headers={"Accept-Encoding": "identity"}, timeout=20
    )  # fmt: skip
    assert "Content-Encoding" not in plain.headers


def test_another_versions_style_sheet_is_given_but_not_for_long(shown: Gallery) -> None:
    answer = requests.get(shown.office.settings.base_url + "/hlasatel-0123456789abcdef.css", timeout=20)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=3600")


def test_nothing_that_an_address_says_stands_beside_a_secret(shown: Gallery) -> None:
    """Packed pages give a secret away to whoever can have words of his own beside it (BREACH); see ADR 32."""
    word = "vyzvidam0123456789"
    for name, path in hers(shown).items():
        text = fetched(shown, f"{path}?rok={word}&potvrzeno={word}&ulozeno={word}&q={word}")[0].text
        assert word not in text, name
    lost = fetched(shown, f"/koordinator/termin/{word}")[0].text
    assert word in lost and 'name="proof"' not in lost, "a page that says what was asked for has no secret"
