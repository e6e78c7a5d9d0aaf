"""The public pages for joining: what they offer, that they tell nobody who is on a list, and who is turned away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.pages import pages, reader
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.sample import NOW, add_people, address
from tests.store.test_joining import ADDRESS, confirm, everything, mail, token
from worker.audience.joining import asking
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.store.tables import consent_texts, joinings, memberships, recipient_mails, recipients, subscriptions
from worker.times import Clock
from worker.web import joining

DAY = timedelta(days=1)


class Visitor:
    """Somebody whom nobody knows, before the pages of an office; `at` is the time it is."""

    def __init__(self, base: str, *languages: str) -> None:
        self.base, self.at, self._reader = base, NOW, reader(*languages)

    def get(self, path: str) -> requests.Response:
        return self._reader.get(self.base + path, timeout=10, allow_redirects=False)

    def post(self, path: str, form: dict[str, Any]) -> requests.Response:
        return self._reader.post(self.base + path, form, timeout=10, allow_redirects=False)

    def form(self, path: str = "/odber", **typed: Any) -> dict[str, Any]:
        """What a browser would send after somebody filled the page in."""
        version = re.search(r'name="consent" value="(\w+)"', self.get(path).text)
        assert version is not None
        return {"email": ADDRESS, "list": "obcane", "language": "cs", "vzkaz": "", "consent": version[1], **typed}

    def ask(self, path: str = "/odber", **typed: Any) -> requests.Response:
        return self.post(path, self.form(path, **typed))


@pytest.fixture
def visitor(office: Office) -> Iterator[Visitor]:
    found = Visitor("")
    with pages(office, Clock(lambda: found.at, simulated=True)) as served:
        found.base = served.settings.base_url
        yield found


def plain(answer: requests.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.replace("\u00a0", " ")).split())


def test_the_page_offers_what_anybody_may_join_and_nothing_else(visitor: Visitor) -> None:
    shown = visitor.get("/odber")
    assert shown.status_code == 200
    assert shown.headers["X-Robots-Tag"] == "all"
    assert set(re.findall(r'name="list" value="([\w-]+)"', shown.text)) == {"obcane", "vsichni"}
    assert "Zprávy pro občany" in plain(shown)
    assert "Přijde vám i: „Newsletter o sociálním začleňování“" in plain(shown)
    assert " checked" not in shown.text.partition("Jazyk")[0]  # nothing is chosen for anybody
    assert 'name="list"' not in visitor.get("/odber/obcane").text


@pytest.mark.parametrize("path", ["/odber/media", "/odber/obce", "/odber/nikdo", "/odber/%C5%99"])
def test_newsrooms_and_offices_are_invited(visitor: Visitor, office: Office, path: str) -> None:
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, visitor.form()).status_code == 404
    assert visitor.ask(list="media").status_code == 400
    assert everything(office, recipient_mails) == []


def test_where_nothing_is_open_the_page_says_so(office: Office) -> None:
    closed = {key: each.model_copy(update={"join": "invitation"}) for key, each in office.lists.items()}
    with pages(replace(office, lists=closed), NOW) as served:
        answer = Visitor(served.settings.base_url).get("/odber")
    assert answer.status_code == 404
    assert "Na žádný seznam se teď přihlásit nedá." in plain(answer)


def test_from_the_page_to_the_list(visitor: Visitor, office: Office, relay: ScriptedRelay) -> None:
    sent = visitor.ask(email=" Jana@Priklad.example.org ", topic=["dluhy", "nic"])
    assert sent.status_code == 200
    assert "Podívejte se do své schránky" in plain(sent)
    assert everything(office, joinings)[0].topics == ["dluhy"]
    mail(office)
    path = f"/odber/potvrzeni/{token(relay)}"
    visitor.at = NOW + DAY
    for _ in range(2):
        looked = visitor.get(path)
        assert looked.status_code == 200
        assert "Potvrzuji odběr" in looked.text
    requests.head(visitor.base + path, timeout=10)
    assert everything(office, recipients) == []
    for part in (ADDRESS, "Zprávy pro občany", "dluhy", "úterý 8. prosince 2026 v 10:00"):
        assert part in plain(looked)
    agreed = everything(office, consent_texts)[0].text
    assert " ".join(agreed.split()) in plain(looked)
    for _ in range(2):
        assert "Hotovo, odběr je potvrzen" in plain(visitor.post(path, {}))
    assert "Hotovo, odběr je potvrzen" in plain(visitor.get(path))
    assert [row.address for row in everything(office, recipients)] == [ADDRESS]
    assert [row.list_id for row in everything(office, memberships)] == ["obcane"]
    assert everything(office, subscriptions)[0].confirmed_at == NOW + DAY


def test_the_page_of_one_list_needs_no_choice(visitor: Visitor, office: Office) -> None:
    form = visitor.form("/odber/vsichni")
    del form["list"]
    assert visitor.post("/odber/vsichni", form).status_code == 200
    assert everything(office, joinings)[0].lists == ["vsichni"]


def test_the_answer_is_the_same_whoever_is_asked_for(visitor: Visitor, office: Office, relay: ScriptedRelay) -> None:
    with office.database.write() as tx:
        add_people(tx, "obcane", [1])
        suppress(tx, office, address(2), Reason.COORDINATOR, NOW)
        suppress(tx, office, address(3), Reason.ERASED, NOW)
    answers = set()
    for who in (address(1), address(2), address(3), address(4), address(4)):
        answer = visitor.ask(email=who)
        answers.add((answer.status_code, answer.text.replace(who, "…"), str(sorted(answer.headers))))
    assert len(answers) == 1
    mail(office)
    assert [each.recipient for each in relay.received] == [address(1), address(3), address(4)]


def test_a_robot_gets_the_same_answer_and_nothing_more(visitor: Visitor, office: Office) -> None:
    human = visitor.ask()
    robot = visitor.ask(email="robot@priklad.example.org", vzkaz="Buy now")
    assert robot.text.replace("robot@priklad.example.org", ADDRESS) == human.text
    assert [row.address for row in everything(office, recipient_mails)] == [ADDRESS]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "jana"}, "Napište e-mailovou adresu celou"),
        ({"email": ""}, "Napište e-mailovou adresu celou"),
        ({"email": "jana@priklad.example.org\r\nBcc: x@example.org"}, "Napište e-mailovou adresu celou"),
        ({"email": "j" * 300 + "@example.org"}, "Napište e-mailovou adresu celou"),
        ({"list": ""}, "Zaškrtněte aspoň jednu z nabídek"),
        ({"consent": "0123456789abcdef"}, "Znění souhlasu se mezitím změnilo"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    visitor: Visitor, office: Office, typed: dict[str, str], said: str
) -> None:
    answer = visitor.ask(**{"topic": "zdravi", **typed})
    assert answer.status_code == 400
    assert said in plain(answer)
    assert 'value="zdravi" checked' in answer.text
    assert everything(office, recipient_mails) == []


def test_a_visitor_who_asks_without_end_is_turned_away(visitor: Visitor, office: Office) -> None:
    form = visitor.form()
    answers = [
        visitor.post("/odber", {**form, "email": f"clovek{number}@priklad.example.org"})
        for number in range(joining.MOST_AN_HOUR + 1)
    ]
    assert [each.status_code for each in answers] == [200] * joining.MOST_AN_HOUR + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert len(everything(office, recipient_mails)) == joining.MOST_AN_HOUR


def test_all_visitors_together_have_a_bound(visitor: Visitor, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_AN_HOUR", 1)
    assert [visitor.ask(email=address(number)).status_code for number in (1, 2)] == [200, 429]
    visitor.at = NOW + timedelta(hours=2)
    assert visitor.ask(email=address(2)).status_code == 200


def test_a_wrong_link_and_one_that_has_ended_look_the_same(
    visitor: Visitor, office: Office, relay: ScriptedRelay
) -> None:
    visitor.ask()
    mail(office)
    link = token(relay)
    wrong = visitor.get("/odber/potvrzeni/" + "a" * 43)
    visitor.at = NOW + 14 * DAY
    ended = visitor.get(f"/odber/potvrzeni/{link}")
    assert (wrong.status_code, wrong.text) == (ended.status_code, ended.text)
    assert wrong.status_code == 410
    assert visitor.post(f"/odber/potvrzeni/{link}", {}).status_code == 410
    assert everything(office, recipients) == []


def test_nobody_tries_links_by_the_thousand(visitor: Visitor) -> None:
    tried = [visitor.get(f"/odber/potvrzeni/{number:043}").status_code for number in range(102)]
    assert tried == [410] * 100 + [429] * 2


def test_a_list_closed_since_is_told_on_the_page_of_its_link(office: Office, relay: ScriptedRelay) -> None:
    with pages(office, NOW) as served:
        Visitor(served.settings.base_url).ask()
    mail(office)
    closed = {key: each.model_copy(update={"join": "invitation"}) for key, each in office.lists.items()}
    with pages(replace(office, lists=closed), NOW) as served:
        late = Visitor(served.settings.base_url)
        for answer in (late.get(f"/odber/potvrzeni/{token(relay)}"), late.post(f"/odber/potvrzeni/{token(relay)}", {})):
            assert "Přihlásit se už nedá" in plain(answer)
            assert "<button" not in answer.text
    assert everything(office, recipients) == []


def test_another_site_cannot_make_a_visitor_ask(visitor: Visitor, office: Office) -> None:
    form = visitor.form()
    for headers in ({"Origin": "https://jinde.example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        assert requests.post(f"{visitor.base}/odber", form, headers=headers, timeout=10).status_code == 403
    assert everything(office, recipient_mails) == []


def test_who_reads_english_agrees_to_english_words(office: Office, relay: ScriptedRelay) -> None:
    with pages(office, NOW) as served:
        english = Visitor(served.settings.base_url, "en")
        assert english.ask(language="en").status_code == 200
    mail(office)
    with office.database.read() as tx:
        assert "I agree that the mails" in tx.execute(select(consent_texts.c.text)).scalar_one()
    assert confirm(office, token(relay))
    assert everything(office, recipients)[0].language == "en"


def test_the_words_agreed_to_stay_those_that_were_read(office: Office, relay: ScriptedRelay) -> None:
    with pages(office, NOW) as served:
        assert Visitor(served.settings.base_url, "en").ask(language="cs").status_code == 200
        mail(office)
        shown = Visitor(served.settings.base_url).get(f"/odber/potvrzeni/{token(relay)}")
    assert re.search(r'<div lang="en">\s*<p>I agree that the mails', shown.text)


def test_the_archive_leads_there_while_a_list_is_open(visitor: Visitor, office: Office) -> None:
    assert '/odber">' in visitor.get("/archiv").text
    closed = {key: each.model_copy(update={"join": "invitation"}) for key, each in office.lists.items()}
    with pages(replace(office, lists=closed), NOW) as served:
        assert "/odber" not in Visitor(served.settings.base_url).get("/archiv").text
