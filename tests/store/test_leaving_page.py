"""The page that an unsubscribe link leads to: one click, one button, less than that, everything, and wrong links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.pages import pages
from tests.store.desk import begin, deliver, states
from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people, address, approved_draft
from worker.audience.leaving import choices
from worker.audience.members import sizes
from worker.audience.suppression import suppression_of
from worker.delivery import identity
from worker.office import Office
from worker.store.tables import consent_texts, departures, events, mailings, memberships, recipients, subscriptions
from worker.times import PRAGUE
from worker.topics import TOPICS

ONE_CLICK = "List-Unsubscribe=One-Click"
GUESS = "A" * 22


@pytest.fixture
def served(office: Office) -> Iterator[Office]:
    with pages(office, NOW) as reached:
        yield reached


def sent(office: Office, *lists: str, kind: str = "newsletter", occurrence: str = NEWSLETTER) -> int:
    """A newsletter that five people of `media` and of `obcane` each got, addressed to `lists`."""
    with office.database.write() as tx:
        add_people(tx, "media", range(1, 6))
        add_people(tx, "obcane", range(4, 9))
    return begin(office, 0, kind, occurrence, lists)


def link(office: Office, mailing_id: int, recipient_id: int, part: str = "") -> str:
    with office.database.read() as tx:
        row = tx.execute(select(mailings).where(mailings.c.id == mailing_id)).one()
    derived = identity.of_mailing(office.settings, mailing_id, row.key_id, row.domain)
    return f"{office.settings.base_url}/o/{part}{derived.unsubscribe_token(recipient_id)}"


def left(office: Office, recipient_id: int) -> list[str]:
    with office.database.read() as tx:
        found = select(departures.c.list_id).where(departures.c.recipient_id == recipient_id)
        return sorted(tx.execute(found).scalars())


def person(office: Office, recipient_id: int) -> tuple[str, datetime | None, Sequence[str]]:
    """Why not to write to her, until when not, and her topics."""
    with office.database.read() as tx:
        row = tx.execute(select(recipients).where(recipients.c.id == recipient_id)).one()
        return row.suppressed, row.paused_until, choices.topics_of(tx, recipient_id)


def everything(office: Office) -> list[object]:
    """All that leaving could change."""
    with office.database.read() as tx:
        return [tx.execute(select(each)).all() for each in (departures, recipients, memberships, events)]


def text(page: requests.Response) -> str:
    """A page's source with plain spaces."""
    return page.text.replace("\u00a0", " ")


def shape(page: requests.Response, *tokens: str) -> str:
    """A page without what differs between two people: tokens, and which lists they are on."""
    shown = page.text
    for token in tokens:
        shown = shown.replace(token, "…")
    return re.sub(r"<li>.*?</li>\n", "", shown, flags=re.DOTALL)


BODIES = {
    "urlencoded": (ONE_CLICK, "application/x-www-form-urlencoded"),
    "multipart": (
        '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "broken multipart": ("--y\r\nContent-Disp", "multipart/form-data"),
    "nothing": ("", ""),
    "text": (ONE_CLICK, "text/plain"),
}


@pytest.mark.parametrize("sort", BODIES)
def test_one_click_leaves_at_once_whatever_form_it_has(served: Office, sort: str) -> None:
    where = urlsplit(link(served, sent(served, "vsichni"), 1))
    body, kind = BODIES[sort]
    connection = HTTPConnection(str(where.hostname), where.port, timeout=10)
    connection.request("POST", where.path, body, {"Content-Type": kind} if kind else {})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Set-Cookie"), answer.getheader("Location")) == (200, None, None)
    assert left(served, 1) == ["vsichni"]
    connection.close()


def test_looking_changes_nothing_and_there_is_one_button_to_see(served: Office) -> None:
    own = link(served, sent(served, "vsichni"), 4)
    before = everything(served)
    for method in ("GET", "HEAD"):
        for part in ("", "vse/", "temata/", "pauza/"):
            assert requests.request(method, own.replace("/o/", f"/o/{part}"), timeout=10).status_code == 200
    assert everything(served) == before
    page = requests.get(own, timeout=10)
    unfolded = re.sub(r"<details.*?</details>", "", page.text, flags=re.DOTALL)
    assert unfolded.count("<button") == 1 and "Odhlásit odběr" in unfolded
    assert address(4) not in page.text and "Člověk" not in page.text
    assert not page.cookies and "no-store" in page.headers["Cache-Control"]


def test_an_including_list_is_left_alone_and_the_page_shows_both(served: Office) -> None:
    own = link(served, sent(served, "vsichni"), 4)
    for page in (requests.get(own, timeout=10), requests.post(own, timeout=10)):
        head, _, rest = text(page).partition("Jiných seznamů se to netýká")
        names = {each: served.lists[each].public or served.lists[each] for each in ("vsichni", "obcane", "media")}
        assert names["vsichni"].name in head
        for stays in ("obcane", "media"):
            assert names[stays].name in rest and names[stays].name not in head
        assert served.lists["politici"].name not in page.text
    assert left(served, 4) == ["vsichni"]
    with served.database.read() as tx:
        assert tx.execute(select(memberships.c.list_id).where(memberships.c.recipient_id == 4)).all() == [
            ("media",), ("obcane",)
        ]  # fmt: skip
        assert sizes(tx, served, ["media", "vsichni"], NOW) == {"media": 5, "vsichni": 7}


def test_everything_is_one_more_click(served: Office) -> None:
    mailing = sent(served, "vsichni")
    answer = requests.post(link(served, mailing, 4), timeout=10)
    assert f"/o/vse/{link(served, mailing, 4).rpartition('/')[2]}" in text(answer)
    answer = requests.post(link(served, mailing, 4, "vse/"), timeout=10)
    assert answer.status_code == 200 and "ze všech seznamů" in text(answer)
    assert person(served, 4)[0] == "asked"
    assert left(served, 4) == sorted(served.lists)
    with served.database.read() as tx:
        found = suppression_of(tx, served, address(4))
        assert found is not None and (found.reason, found.at) == ("asked", NOW)
        assert list(sizes(tx, served, ["media", "obcane", "vsichni"], NOW).values()) == [4, 4, 7]
    assert "budou chodit" not in text(requests.get(link(served, mailing, 4), timeout=10))


def test_whoever_leaves_everything_gets_nothing_of_a_mailing_under_way(served: Office) -> None:
    newsletter = sent(served, "vsichni")
    with served.database.write() as tx:
        approved_draft(tx, "press-release", PRESS)
    requests.post(link(served, newsletter, 4, "vse/"), timeout=10)
    deliver(served)
    assert states(served)[3] == "suppressed" and states(served).count("sent") == 7


def test_leaving_again_in_any_way_changes_nothing(served: Office) -> None:
    mailing = sent(served, "vsichni")
    for part in ("", "vse/"):
        requests.post(link(served, mailing, 4, part), timeout=10)
        before = everything(served)
        for _ in range(2):
            assert requests.post(link(served, mailing, 4, part), data=ONE_CLICK, timeout=10).status_code == 200
        assert everything(served) == before
    requests.post(link(served, mailing, 4), timeout=10)
    assert everything(served) == before


FORMS: dict[str, dict[str, str]] = {
    "": {}, "temata/": {"topic-dluhy": "on"}, "pauza/": {"months": "3"}, "vse/": {},
}  # fmt: skip


def test_a_wrong_token_changes_nothing_and_looks_the_same(served: Office) -> None:
    mailing, base = sent(served, "vsichni"), served.settings.base_url
    token = link(served, mailing, 4).rpartition("/")[2]
    before = everything(served)
    for wrong in (token.swapcase(), token[:-1], GUESS, "x"):
        for part, form in FORMS.items():
            assert requests.post(f"{base}/o/{part}{wrong}", data=form, timeout=10).status_code == 200
    assert everything(served) == before
    real, wrong_page = requests.get(f"{base}/o/{token}", timeout=10), requests.get(f"{base}/o/{GUESS}", timeout=10)
    assert shape(real, token) == shape(wrong_page, GUESS)
    for who, (part, form) in enumerate(FORMS.items(), start=4):
        own = link(served, mailing, who, part)
        real = requests.post(own, data=form, timeout=10)
        wrong_page = requests.post(f"{base}/o/{part}{GUESS}", data=form, timeout=10)
        assert shape(real, own.rpartition("/")[2]) == shape(wrong_page, GUESS), part
        assert "pokud byl odkaz celý" in text(wrong_page)


def test_topics_are_chosen_and_the_record_does_not_say_which(served: Office) -> None:
    mailing = sent(served, "vsichni")
    at = link(served, mailing, 4, "temata/")
    answer = requests.post(at, data={"topic-dluhy": "on", "topic-bydleni": "on", "topic-nic": "on"}, timeout=10)
    assert "bydlení, dluhy" in text(answer)
    assert person(served, 4) == ("", None, ["bydleni", "dluhy"])
    assert "checked" not in requests.get(at, timeout=10).text, "a forwarded newsletter tells nobody what she chose"
    assert "všechna témata" in text(requests.post(at, data={}, timeout=10))
    assert person(served, 4)[2] == []
    with served.database.read() as tx:
        told = tx.execute(select(events.c.data).where(events.c.kind == "recipient.topics")).scalars().all()
    assert told == ['{"recipient":4}'] * 2


def test_who_is_on_no_list_with_topics_is_offered_none(served: Office) -> None:
    mailing = sent(served, "vsichni")
    assert "topic-dluhy" not in requests.get(link(served, mailing, 1), timeout=10).text
    assert all(f"topic-{each}" in requests.get(link(served, mailing, 8), timeout=10).text for each in TOPICS)


def test_a_pause_ends_by_itself_or_at_once(served: Office) -> None:
    mailing = sent(served, "vsichni")
    at = link(served, mailing, 4, "pauza/")
    answer = requests.post(at, data={"months": "3"}, timeout=10)
    assert "8. března 2027" in text(answer) and "Zrušit přestávku" in text(answer)
    assert person(served, 4)[1] == datetime(2027, 3, 7, 23, tzinfo=UTC)
    refused = requests.post(at, data={"months": "240"}, timeout=10)
    assert refused.status_code == 400 and "Zatím se nic nezměnilo" in text(refused)
    assert person(served, 4)[1] is not None
    assert "Přestávka je zrušená" in text(requests.post(at, data={"months": "0"}, timeout=10))
    assert person(served, 4)[1] is None


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2026, 11, 30), 1, (2026, 12, 30)),
        ((2026, 12, 31), 3, (2027, 3, 31)),
        ((2026, 12, 5), 1, (2027, 1, 5)),
    ],
)
def test_a_pause_lasts_whole_months(day: tuple[int, int, int], months: int, end: tuple[int, int, int]) -> None:
    until = choices.pause_ends(months, datetime(*day, 12, tzinfo=UTC)).astimezone(PRAGUE)
    assert (until.year, until.month, until.day, until.hour) == (*end, 0)


def test_leaving_withdraws_what_was_agreed_to(served: Office) -> None:
    mailing = sent(served, "obcane")
    with served.database.write() as tx:
        tx.execute(consent_texts.insert().values(version="v1", language="cs", text="Souhlasím.", since=NOW))
        for list_id in ("obcane", "vsichni"):
            values = {"recipient_id": 8, "list_id": list_id, "text_version": "v1", "asked_at": NOW, "confirmed_at": NOW}
            tx.execute(subscriptions.insert().values(values))
    requests.post(link(served, mailing, 8), timeout=10)
    with served.database.read() as tx:
        withdrawn = select(subscriptions.c.list_id, subscriptions.c.withdrawn_at).order_by(subscriptions.c.list_id)
        assert tx.execute(withdrawn).all() == [("obcane", NOW), ("vsichni", None)]
