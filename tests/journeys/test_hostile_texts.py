"""Hostile words in a plan, an edit and a comment: on no page, in no frame and in no mail can they act, or look ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import body_of, read, token, work_at
from tests.store.planned import text_of
from worker.approval import comments
from worker.kinds import all_kinds
from worker.notices import links, sign_ins
from worker.notices.links import Purpose, address
from worker.office import Office
from worker.store.database import Database
from worker.times import Clock
from worker.web.signed_in import COOKIE
from worker.web.story import RELEASE

pytestmark = [pytest.mark.browser, pytest.mark.journey]

PAYLOADS = (
    "<script>alert('skript')</script>",
    "</textarea></title></style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)> <img src=//zlo.example.net/bod.png> ![bod](https://zlo.example.net/bod.png)",
    '"><svg onload=alert(3)><a xlink:href=javascript:alert(3)><text>svg</text></a></svg>',
    "' onmouseover='alert(4)' style='position:fixed;inset:0;background:url(//zlo.example.net/s)' x='",
    "[klik](javascript:alert(5)) [klik](JaVaScRiPt&colon;alert(5)) [klik](&#x6A;avascript:alert(5))",
    "[data](data:text/html;base64,PHNjcmlwdD5hbGVydCg2KTwvc2NyaXB0Pg==) [vb](vbscript:alert(6)) [f](file:///etc/passwd)",
    "<iframe src=//zlo.example.net srcdoc='<script>alert(7)</script>'></iframe> <object data=//zlo.example.net>",
    "<form action=//zlo.example.net><input name=decision value=approve><button>Schválit</button></form>",
    "<meta http-equiv=refresh content='0;url=//zlo.example.net/'> <base href=//zlo.example.net/>",
    "<link rel=stylesheet href=//zlo.example.net/s.css> <style>*{display:none}@import '//zlo.example.net/s'</style>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(8)></style></mglyph></table></mtext></math>",
    "{{ 1234567*81 }} {% for x in ().__class__.__mro__ %}{{ x }}{% endfor %} ${1234567*81} {occurrence} %(title)s",
    "<a href='https://zlo.example.net' onclick=alert(9)>tady</a> &lt;script&gt;alert(9)&lt;/script&gt; <!-- --><b>",
)
LINE = " ".join(PAYLOADS[:6] + PAYLOADS[-2:])
TEXT = "\n\n".join(PAYLOADS)
# Eight digits: pages print fingerprints in hexadecimal, and a shorter number stands in one of them now and then.
CALCULATED = "99999927"
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
BEFORE, LATER = datetime(2026, 11, 21, 11, tzinfo=UTC), datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
ROUND = datetime(2026, 11, 27, 9, tzinfo=UTC)
PRESS, LETTER = "zprava/2026-12", "zpravodaj/2026-12"
FORBIDDEN = {"script", "object", "embed", "base", "svg", "math", "applet", "frame", "frameset", "template"}
POLICY = "Content-Security-Policy"
DRAWN = {"year-strip", "spark"}
"""Our own drawings, made of numbers alone."""
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "srcset", "srcdoc")


def plan() -> str:
    """A plan whose every free word is hostile."""
    rows: list[dict[str, Any]] = [
        {"id": "zprava", "kinds": ["press-release", "facebook-text"], "lists": ["media"], "commenters": ["reditel"]},
        {"id": "zpravodaj", "kinds": ["newsletter"], "lists": ["vsichni"]},
        {"id": "ukol"},
    ]
    for number, row in enumerate(rows, start=1):
        row |= {"when": "prosinec 2026", "periodicity": "1x", "approvers": ["tiskovy-mluvci"]}
        row |= {name: f"{LINE} {number}" for name in ("activity", "topic", "target", "resources", "place")}
    return text_of(*(json.dumps(row, ensure_ascii=False) for row in rows))  # JSON is YAML


class Tags(HTMLParser):
    """What a page is made of, as a browser reads it: everything in it that could act."""

    def __init__(self, own: str) -> None:
        super().__init__()
        self._own = own
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        drawn = tag == "svg" and given.get("class") in DRAWN
        if (tag in FORBIDDEN and not drawn) or (tag == "meta" and given.get("http-equiv", POLICY) != POLICY):
            self.faults.append(tag)
        for name, value in attrs:
            if name == "srcdoc" and not given.get("sandbox", "missing"):
                self.feed_inside(value or "")
            elif name.startswith("on") or name == "srcdoc":
                self.faults.append(f"{tag} {name}={value}")
            elif name in ADDRESSES:
                self._look_at(tag, value or "")
            elif name == "style" and ("zlo" in (value or "") or "position" in (value or "")):
                self.faults.append(f"{tag} {name}={value}")

    def feed_inside(self, document: str) -> None:
        """A frame's own document: without any right, and made of nothing that could use one."""
        inside = Tags(self._own)
        inside.feed(document)
        self.faults += inside.faults

    def _look_at(self, tag: str, value: str) -> None:
        scheme = urlsplit(value.strip()).scheme.lower()
        loads = tag != "a"
        if scheme not in {"", "http", "https", "mailto"} and value != "about:blank":
            self.faults.append(f"{tag} to {value}")
        if loads and not value.startswith(self._own):
            self.faults.append(f"{tag} loads {value}")


@dataclass
class Watched:
    """A browser's tab and whatever in it acted, asked strangers or had to be held back."""

    page: Page
    own: str
    acted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("popup", lambda page: self.acted.append(f"popup {page.url}"))

    def _dialog(self, dialog: Dialog) -> None:
        self.acted.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:", "about:")):
            self.acted.append(f"request {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if "Refused" in message.text or "violates" in message.text or "Blocked" in message.text:
            self.acted.append(f"held back: {message.text}")

    def look(self, link: str, hostile: bool = True) -> None:
        """Open a page, point at everything and click its links; look at what it is made of."""
        answer = self.page.goto(link)
        assert answer is not None and answer.status == 200, (link, answer and answer.status)
        text = answer.text()
        tags = Tags(self.own)
        tags.feed(text)
        assert tags.faults == [], link
        assert CALCULATED not in text, link
        assert not hostile or "alert" in text, f"{link} does not show what was written"
        self.page.locator("a, b, button, summary, p").evaluate_all(
            "found => found.forEach(each => each.dispatchEvent(new Event('mouseover', {bubbles: true})))"
        )
        self.page.wait_for_timeout(30)
        assert self.page.url == link, f"led away to {self.page.url}"
        assert self.acted == [], link


@pytest.fixture
def clock() -> list[datetime]:
    """What the pages' clock shows; a test puts it forward."""
    return [AT]


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, clock: list[datetime]) -> Iterator[tuple[Office, ScriptedRelay]]:
    """The press release and the newsletter of a hostile plan have just been asked for."""
    database = Database(sqlite_url)
    database.bring_up_to_date()
    file = tmp_path / "schedules.yaml"
    file.write_text(plan(), encoding="utf-8")
    with scripted_relay() as relay:
        opened = open_office(database, relay, tmp_path)
        opened = replace(opened, settings=replace(opened.settings, plan=file))
        with pages(opened, Clock(lambda: clock[0], simulated=True)) as reached:
            yield reached, relay
    database.close()


def test_hostile_words_act_nowhere(office: tuple[Office, ScriptedRelay], clock: list[datetime], page: Page) -> None:
    here, relay = office
    own = here.settings.base_url
    watched = Watched(page, own)
    for at in (BEFORE, ROUND):
        work_at(here, at)
    clock[0] = ROUND
    comment = token(here, "reditel", PRESS, Purpose.COMMENT)
    comments.give(here, comment, TEXT, ROUND, version=1)
    watched.look(address(own, Purpose.COMMENT, comment))

    work_at(here, AT)
    clock[0] = AT
    approval = token(here, "tiskovy-mluvci", PRESS)
    _edit(f"{own}/schvaleni/uprava/{approval}")
    watched.look(address(own, Purpose.APPROVE, approval))
    assert page.locator("iframe").count() > 0
    for kind in ("press-release", "facebook-text"):
        watched.look(f"{own}/schvaleni/nahled/{kind}/{approval}", hostile=kind == "press-release")
    watched.look(f"{own}/schvaleni/uprava/{approval}")
    page.locator("[formtarget]").first.click()
    page.wait_for_timeout(100)
    assert watched.acted == []

    letter = token(here, "tiskovy-mluvci", LETTER)
    returned = requests.post(
        address(own, Purpose.APPROVE, letter), data={"decision": "return", "comment": TEXT, "version": "1"}, timeout=10
    )
    assert returned.status_code == 200, returned.text
    watched.look(address(own, Purpose.APPROVE, letter))
    watched.look(address(own, Purpose.EDIT, token(here, "koordinator", LETTER, Purpose.EDIT)))
    work_at(here, LATER)
    clock[0] = LATER
    watched.look(address(own, Purpose.CHOOSE, token(here, "koordinator", LETTER, Purpose.CHOOSE)), hostile=False)
    watched.look(address(own, Purpose.TASK, _task(here)))
    _look_at_the_coordinators_pages(here, watched)
    _look_at_the_mails(relay, watched)


def _edit(link: str) -> None:
    """Every field of every draft becomes hostile, as its approver's own edit; a day or an address must be one."""
    form = {
        f"{kind}.{each.id}": TEXT if each.multiline else LINE
        for kind in ("press-release", "facebook-text")
        for each in all_kinds()[kind].fields
        if each.form == "text"
    }
    answer = requests.post(link, data=form | {"version": "1"}, timeout=10)
    assert answer.status_code == 200 and "alert" in answer.text, answer.text


def _task(office: Office) -> str:
    with office.database.write() as tx:
        return links.mint(
            tx, Purpose.TASK, person="koordinator", sent_to=office.person("koordinator").email,
            occurrence_id="ukol/2026-12", package_id=None, now=LATER,
        )  # fmt: skip


def _look_at_the_coordinators_pages(office: Office, watched: Watched) -> None:
    with office.database.write() as tx:
        session = sign_ins.mint(tx, sign_ins.Purpose.SESSION, "koordinator", LATER)
    own = office.settings.base_url
    watched.page.context.add_cookies([{"name": COOKIE, "value": session, "url": f"{own}/koordinator"}])
    for path in ("", "/harmonogram", "/termin/ukol/2026-12", "/seznamy", "/kanaly", "/plan"):
        watched.look(f"{own}/koordinator{path}", hostile=False)
    for path in (f"/termin/{PRESS}?{RELEASE}", f"/termin/{LETTER}", f"/nahled/press-release/{PRESS}"):
        watched.look(f"{own}/koordinator{path}")
    dossier = watched.page.request.get(f"{own}/koordinator/spis/{PRESS}")
    assert "attachment" in dossier.headers["content-disposition"]
    _look_at_a_file(dossier.text(), watched)


def _look_at_the_mails(relay: ScriptedRelay, watched: Watched) -> None:
    """As a mail program shows them, with no policy of ours to hold anything back."""
    for received in relay.received:
        mail = read(received)
        assert CALCULATED not in body_of(mail)
        _look_at_a_file(body_of(mail, "html"), watched)


def _look_at_a_file(html: str, watched: Watched) -> None:
    tags = Tags(watched.own)
    tags.feed(html)
    assert tags.faults == [] and CALCULATED not in html
    watched.page.goto("about:blank")
    watched.page.set_content(html)
    watched.page.wait_for_timeout(20)
    assert watched.acted == []
