"""Every address of the pages with what nobody should send: an answer in words, never a defect, never a change."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input.asking import Visitor, filled, nothing_changes, parsed, raw, routes_of
from tests.bad_input.corpus import BODIES, FUZZ, PATHS, QUERIES, WORDS
from tests.fixtures.gallery import Gallery, gallery
from tests.fixtures.pages import pages
from tests.fixtures.postgres import PostgresServer
from tests.store.desk import ASKED
from tests.store.sample import ROOT
from worker.messages import say
from worker.office_on_file import OneOffice
from worker.settings import WebSettings
from worker.times import NBSP, Clock
from worker.web.app import make_app
from worker.web.forms import MOST_FIELDS
from worker.web.guard import MAX_BODY
from worker.web.guesses import MOST_SEARCHES, MOST_SIGN_INS
from worker.web.sign_in import PATH as SIGN_IN
from worker.web.signed_in import COOKIE

# Starlette lets go of the file of a part that never ended without closing it; the interpreter does at once.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")

ORDERS = (
    "add", "link", "pause", "resume", "again", "cancel", "remove", "themes", "withdraw", "take", "drop", "put", "move",
    "take_off", "stop", "start", "take 1", "drop 9", "x", "",
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"
PROXY = WebSettings(proxies=("127.0.0.1",))
ASKED_BY_ALL = (SIGN_IN,)
"""Takes no right; an address that is not the coordinator's changes nothing."""


@dataclass(frozen=True)
class Tried:
    """The pages of a gallery, reached through the office's own proxy."""

    shown: Gallery
    stranger: Visitor
    signed_in: Visitor
    forms: list[tuple[str, str, dict[str, str]]]
    """Of each page its address, where its form leads, and the fields with what stands in them."""

    def holder(self, path: str) -> Visitor:
        """Whoever may open `path`: the coordinator by her session, everybody else by the token in it."""
        by_session = path.startswith("/koordinator") and "/vstup/" not in path
        return self.signed_in if by_session else self.stranger


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    with gallery(tmp_path_factory.mktemp("tried"), 9) as shown, _tried(shown) as made:
        yield made


@contextmanager
def _tried(shown: Gallery) -> Iterator[Tried]:
    with pages(shown.office, ASKED, PROXY) as office:
        made = Tried(shown, Visitor(office), Visitor(office, f"{COOKIE}={shown.session}"), [])
        for path in _posted(made):
            made.forms.extend((path, *form) for form in _forms(made.holder(path), path))
        yield made


@pytest.fixture(autouse=True)
def no_defect_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.ERROR):
        yield
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def _routes(office_pages: Tried) -> list[tuple[str, str]]:
    office = office_pages.shown.office
    return sorted(routes_of(make_app(OneOffice(office), Clock(lambda: ASKED, simulated=True))))


def test_without_a_right_no_address_breaks_or_changes_anything(tried: Tried) -> None:
    """A session alone is no right to change anything: a form of ours proves where it comes from."""
    words, queries, bodies = cycle(PATHS), cycle(QUERIES), cycle(BODIES)
    times = 3 if FUZZ == 1 else len(PATHS)
    with nothing_changes(tried.stranger.office):
        for method, path in _routes(tried):
            for content_type, body in islice(bodies, times):
                for visitor in (tried.stranger, tried.signed_in):
                    visitor.ask(method, filled(path, words) + next(queries), content_type, body)


def test_looking_changes_nothing_whoever_looks(tried: Tried) -> None:
    with nothing_changes(tried.stranger.office):
        for path in tried.shown.paths.values():
            tried.holder(path).ask("GET", path)
            tried.holder(path).ask("HEAD", path)


@pytest.mark.parametrize(
    "foreign", ["Origin: https://zlo.example.net", "Origin: http://[", "Sec-Fetch-Site: cross-site", "Origin: null"]
)
def test_no_other_site_posts_with_the_visitors_rights(tried: Tried, foreign: str) -> None:
    """A page of another site may have the link's address, or the coordinator's cookie; it has no proof of either."""
    with nothing_changes(tried.stranger.office):
        for path in _posted(tried):
            if foreign == "Origin: null" and tried.holder(path) is tried.stranger:
                continue  # our own pages post so: no-referrer
            body = urlencode({"decision": "approve", "version": "1", "order": "add", "how": "done"}).encode()
            status = tried.holder(path).ask("POST", path, FORM, body, foreign).status
            assert status in (403, 404, 405) or path in ASKED_BY_ALL, (path, status)


def test_a_right_holder_may_send_anything(tried: Tried) -> None:
    """Whatever stands in the fields of a page's own forms, its answer is one of its own."""
    words = cycle(WORDS)
    for path, action, fields in tried.forms:
        for _ in range(2):
            tried.holder(path).ask("POST", action, FORM, _form(fields, words))


def _form(fields: dict[str, str], words: Iterator[str]) -> bytes:
    """The form with nonsense in all fields but those which prove the page and what was shown."""
    kept = ("proof", "version", "seen", "made")
    return urlencode({name: value if name in kept else next(words) for name, value in fields.items()}).encode()


@settings(max_examples=25 * FUZZ, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_made_up_forms(tried: Tried, data: st.DataObject) -> None:
    path, action, fields = data.draw(st.sampled_from(tried.forms))
    text = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    mixed = {name: data.draw(st.one_of(st.just(value), text), label=name) for name, value in fields.items()}
    tried.holder(path).ask("POST", action, FORM, urlencode(mixed).encode())


def test_the_coordinator_may_send_anything_to_any_address(tried: Tried) -> None:
    """With her proof, and whatever fields our templates know, also where no page offers a form just now."""
    chance = random.Random(1)
    known = sorted({name for text in _templates() for name in re.findall(r'name="([a-z_]+)"', text)} - {"proof"})
    things = [*(unquote(path).partition("/termin/")[2] for path in tried.shown.paths.values() if "/termin/" in path)]
    things += ["1", "media", "facebook-kraje", "x"]
    proof = next(fields["proof"] for path, _, fields in tried.forms if path == "/koordinator/novy")
    for method, path in _routes(tried):
        if method == "POST" and path.startswith("/koordinator") and "odhlaseni" not in path and "{token}" not in path:
            for _ in range(6 * FUZZ):
                fields = {name: chance.choice(WORDS) for name in chance.sample(known, 12)}
                fields["order"] = chance.choice(ORDERS)
                target = filled(path, iter([chance.choice(things)]))
                tried.signed_in.ask("POST", target, FORM, urlencode({"proof": proof, **fields}).encode())


@pytest.mark.long
def test_postgresql_takes_it_as_well(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """It is stricter than SQLite: about zero characters, large numbers, and what stands in a unique key."""
    name, url = postgres_server.create_database()
    try:
        with gallery(tmp_path, 9, url) as shown, _tried(shown) as tried:
            words, bodies = cycle(PATHS), cycle(BODIES)
            for method, path in _routes(tried):
                tried.signed_in.ask(method, filled(path, words), *next(bodies))
            test_a_right_holder_may_send_anything(tried)
            test_the_coordinator_may_send_anything_to_any_address(tried)
    finally:
        postgres_server.drop_database(name)


def test_a_secret_in_a_plan_stands_on_no_page(tried: Tried) -> None:
    file = tried.shown.office.settings.plan
    before = file.read_bytes()
    try:
        file.write_bytes(before + b"  # heslo=tajne-Heslo1\n  x: smtp://plan:tajne-Heslo1@mail.kraj.example.org\n")
        for path in ("/koordinator", "/koordinator/plan", "/koordinator/harmonogram"):
            assert "tajne-Heslo1" not in tried.signed_in.ask("GET", path).body, path
    finally:
        file.write_bytes(before)


def _templates() -> Iterator[str]:
    yield from (path.read_text(encoding="utf-8") for path in (ROOT / "templates" / "web").glob("*.html"))


def _posted(tried: Tried) -> list[str]:
    """The gallery's addresses that hold a form."""
    return [path for path in tried.shown.paths.values() if "archiv" not in path and path != "/pristupnost"]


def _forms(visitor: Visitor, path: str) -> list[tuple[str, dict[str, str]]]:
    """Where each form of a page leads, and its fields with what stands in them."""
    page, base = visitor.ask("GET", path).body, visitor.office.settings.base_url
    found = []
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        action = re.search(r'action="([^"]*)"', attributes)
        names = {}
        for tag in re.findall(r"<(?:input|textarea|select|button)\b[^>]*>", inside):
            name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
            if name:
                names[unescape(name[1])] = unescape(value[1]) if value else ""
        target = unescape(action[1]).split("#")[0].removeprefix(base) if action else path
        found.append((target or path, names))
    return found


def test_a_body_has_its_size_and_a_number_of_fields(tried: Tried) -> None:
    office, path = tried.stranger.office, tried.shown.paths["approval zprava"]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {office.settings.base_url[7:]}\r\nConnection: close\r\nContent-Type: {FORM}\r\n"
    )
    chunk, fields = b"10000\r\n" + b"a" * 65536 + b"\r\n", "&".join(f"pole{each}=1" for each in range(MOST_FIELDS + 1))
    for more, body, status, said in (
        (f"Content-Length: {MAX_BODY + 1}", b"", 413, "web.too_large"),
        ("Transfer-Encoding: chunked", chunk * 18 + b"0\r\n\r\n", 413, "web.too_large"),
        (f"Content-Length: {len(fields)}", fields.encode(), 400, "web.refused"),
    ):
        answer = parsed(raw(office, f"{head}{more}\r\n\r\n".encode() + body))
        assert (answer.status, say(said) in answer.body.replace(NBSP, " ")) == (status, True), more[:40]


@pytest.mark.parametrize(
    ("method", "path", "body", "most"),
    [
        ("GET", "/archiv/hledani?q=poradna", b"", MOST_SEARCHES),
        ("POST", SIGN_IN, b"address=a@example.org", MOST_SIGN_INS),
    ],
)
def test_what_costs_us_more_than_its_asker_has_its_number(
    tried: Tried, method: str, path: str, body: bytes, most: int
) -> None:
    with nothing_changes(tried.shown.office):
        there = Visitor(tried.shown.office)  # no proxy is known there, so it is one visitor all the time
        answers = [there.ask(method, path, FORM, body) for _ in range(most + 2)]
    assert [answer.status for answer in answers] == [200] * most + [429] * 2
    assert answers[-1].headers["retry-after"] == "60" and say("web.too_often")[:30] in answers[-1].body.replace(
        NBSP, " "
    )
    assert tried.stranger.ask(method, path, FORM, body).status == 200, "others are not hindered"


def test_no_page_with_a_proof_repeats_its_address(tried: Tried) -> None:
    """Pages are compressed: whoever may add words beside a secret could guess it by the answer's length."""
    for method, path in _routes(tried):
        if method == "GET" and path.startswith("/koordinator"):
            asked = filled(path, cycle(["ozvena-7531"])) + "?q=ozvena-7531&rok=ozvena-7531&ulozeno=ozvena-7531"
            body = tried.signed_in.ask("GET", asked).body
            assert "ozvena-7531" not in body or 'name="proof"' not in body, path
