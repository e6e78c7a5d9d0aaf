"""What we hold about a recipient, and a change of address: only by a link mailed afresh to the address on file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, begin, body_of, read, recorded
from tests.store.sample import NEWSLETTER, NOW, add_people, address
from worker.audience.leaving.choices import topics_of
from worker.audience.privacy import held
from worker.audience.privacy.held import MOST_CHANGES
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.delivery import identity
from worker.jobs.send_recipient_mails import SendRecipientMails
from worker.office import Office
from worker.store.tables import departures, mailings, recipient_links, recipient_mails, recipients

NEW = "nova.adresa@posta.example.org"
HOUR = timedelta(hours=1)


@pytest.fixture
def served(office: Office) -> Iterator[Office]:
    """Somebody is on two lists, and got a newsletter."""
    with pages(office, NOW) as reached:
        begin(reached, 2, "newsletter", NEWSLETTER, ["obcane"])
        with reached.database.write() as tx:
            add_people(tx, "media", [1])
        yield reached


def mailed(office: Office, relay: ScriptedRelay, at: timedelta = timedelta(0)) -> list[tuple[str, str, str]]:
    """The mails to recipients that leave now: to whom, subject, and the link in each."""
    before = len(relay.received)
    with at_work(office, NOW + at) as current:
        while SendRecipientMails().do_one(current, NOW + at):
            pass
    found = []
    for each in relay.received[before:]:
        mail = read(each)
        assert mail["List-Unsubscribe"] is None and mail["Auto-Submitted"] == "auto-generated"
        link = re.search(rf"{office.settings.base_url}/udaje/\S+", body_of(mail))
        found.append((each.recipient, str(mail["Subject"]), link[0] if link else ""))
    return found


def newsletter_link(office: Office, part: str = "odkaz/") -> str:
    with office.database.read() as tx:
        row = tx.execute(select(mailings)).one()
    derived = identity.of_mailing(office.settings, row.id, row.key_id, row.domain)
    return f"{office.settings.base_url}/o/{part}{derived.unsubscribe_token(1)}"


def link(office: Office, relay: ScriptedRelay) -> str:
    """The link to what we hold, as it came by mail."""
    answer = requests.post(newsletter_link(office), timeout=10)
    assert answer.status_code == 200 and address(1) not in answer.text and "udaje" not in answer.text
    [(to, _, found)] = mailed(office, relay)
    assert to == address(1)
    return found


def act(found: str, part: str, **form: str) -> requests.Response:
    return requests.post(found.replace("/udaje/", f"/udaje/{part}/"), data=form, timeout=10)


def words(answer: requests.Response) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.text).replace("\u00a0", " ").split())


def person(office: Office) -> str:
    with office.database.read() as tx:
        return str(tx.execute(select(recipients.c.address).where(recipients.c.id == 1)).scalar_one())


def test_the_newsletters_link_shows_nothing_and_mails_one_link_an_hour(served: Office, relay: ScriptedRelay) -> None:
    for _ in range(3):
        answer = requests.post(newsletter_link(served), timeout=10)
        assert "za chvíli vám přijde e-mail" in words(answer) and address(1) not in answer.text
    assert [each[:2] for each in mailed(served, relay)] == [(address(1), "Co o vás vedeme: Liberecký kraj")]
    with served.database.write() as tx:
        assert not held.ask(tx, 1, NOW + 59 * HOUR / 60)
        assert held.ask(tx, 1, NOW + HOUR)


@pytest.mark.parametrize("reason", [Reason.BOUNCE, Reason.COMPLAINT])
def test_nobody_is_mailed_who_cannot_be_or_complained(served: Office, relay: ScriptedRelay, reason: Reason) -> None:
    with served.database.write() as tx:
        suppress(tx, served, address(1), reason, NOW)
    assert "za chvíli vám přijde e-mail" in words(requests.post(newsletter_link(served), timeout=10))
    assert mailed(served, relay) == []


def test_the_page_shows_what_we_hold_and_gives_it_as_a_file(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    page = requests.get(found, timeout=10)
    assert all(
        each in words(page) for each in (address(1), "Člověk 1", "Počet rozesílek, jichž jste byli adresátem: 1")
    )
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
    file = requests.get(found.replace("/udaje/", "/udaje/soubor/"), timeout=10)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.json()["address"] == address(1) and len(file.json()["lists"]) == 2


def test_looking_changes_nothing(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    before = recorded(served)
    for part in ("", "volby/", "odhlasit/", "vse/", "adresa/", "potvrdit/", "soubor/"):
        assert requests.get(found.replace("/udaje/", f"/udaje/{part}"), timeout=10).status_code == 200
    assert recorded(served) == before
    with served.database.read() as tx:
        assert tx.execute(select(departures)).all() == []


def test_the_choices_are_hers(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    answer = act(found, "volby", **{"topic-zdravi": "on", "months": "6", "language": "en"})
    assert answer.status_code == 200 and "Uloženo." in words(answer)
    assert re.search(r'name="topic-zdravi" checked', answer.text)
    with served.database.read() as tx:
        row = tx.execute(select(recipients).where(recipients.c.id == 1)).one()
        assert (row.language, topics_of(tx, 1)) == ("en", ["zdravi"])
    assert row.paused_until is not None
    act(found, "volby", **{"topic-zdravi": "on", "months": "keep", "language": "cs"})
    with served.database.read() as tx:
        kept = tx.execute(select(recipients.c.paused_until).where(recipients.c.id == 1)).scalar()
    assert kept == row.paused_until
    act(found, "volby", months="0", language="xx")
    with served.database.read() as tx:
        row = tx.execute(select(recipients).where(recipients.c.id == 1)).one()
        assert (row.language, row.paused_until, topics_of(tx, 1)) == ("cs", None, [])


def test_she_leaves_one_list_or_all(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    act(found, "odhlasit", list="media")
    with served.database.read() as tx:
        assert tx.execute(select(departures.c.list_id)).scalars().all() == ["media"]
    assert "žádné hromadné e-maily neposíláme" in words(act(found, "vse"))
    with served.database.read() as tx:
        assert suppression_of(tx, served, address(1)) is not None


def test_an_address_is_changed_once_both_were_used(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    assert f"Na adresu {NEW} jsme poslali odkaz" in words(act(found, "adresa", address=f" {NEW.upper()} "))
    assert person(served) == address(1), "nothing holds before the new one is confirmed"
    [(to, subject, confirming)] = mailed(served, relay)
    assert (to, subject) == (NEW, "Potvrďte novou adresu: Liberecký kraj")
    assert f"Máme od teď psát na adresu {NEW}?" in words(requests.get(confirming, timeout=10))
    assert person(served) == address(1), "looking confirms nothing"
    for _ in range(2):
        assert f"od teď píšeme na adresu {NEW}" in words(act(confirming, "potvrdit"))
    assert person(served) == NEW
    assert [each[:2] for each in mailed(served, relay)] == [(address(1), "Píšeme vám na jinou adresu: Liberecký kraj")]
    assert NEW not in body_of(read(relay.received[-1])), "the old mailbox may be somebody else's by now"
    assert requests.get(found, timeout=10).status_code == 404, "a link mailed to the old address ends"
    assert recorded(served).count("recipient.address") == 1


def test_a_link_serves_one_purpose_and_one_day(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    act(found, "adresa", address=NEW)
    [(_, _, confirming)] = mailed(served, relay)
    assert act(found, "potvrdit").status_code == 404
    assert act(confirming, "adresa", address="x@posta.example.org").status_code == 404
    assert act(confirming, "vse").status_code == 404
    assert requests.get(confirming.replace("/udaje/", "/udaje/soubor/"), timeout=10).status_code == 404
    for wrong in (found[:-1], found.swapcase().replace(found.swapcase()[:5], found[:5]), f"{found}A"):
        assert requests.get(wrong, timeout=10).status_code in (404, 421)
    with served.database.read() as tx:
        token = found.rpartition("/")[2]
        assert held.find(tx, token, NOW + 23 * HOUR) is not None and held.find(tx, token, NOW + 24 * HOUR) is None
        kept = tx.execute(select(recipient_links.c.hash)).scalars().all()
        assert all(token.encode() not in each for each in kept)
        assert token not in repr(tx.execute(select(recipient_mails)).all())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nesmysl", "nesmysl"),
        ("clovek-001@noviny.example.org", "už píšeme"),
        ("a" * 300 + "@posta.example.org", "Tak dlouhou"),
    ],
)
def test_a_wrong_address_is_a_sentence_and_nothing_is_mailed(
    served: Office, relay: ScriptedRelay, typed: str, said: str
) -> None:
    answer = act(link(served, relay), "adresa", address=typed)
    assert answer.status_code == 400 and said in words(answer)
    assert mailed(served, relay) == []


def test_nobody_is_pestered_by_links_to_new_addresses(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    for number in range(MOST_CHANGES):
        assert act(found, "adresa", address=f"{number}@posta.example.org").status_code == 200
    assert act(found, "adresa", address="one-more@posta.example.org").status_code == 400
    assert len(mailed(served, relay)) == MOST_CHANGES


def test_whether_an_address_is_known_is_told_to_its_owner_alone(served: Office, relay: ScriptedRelay) -> None:
    found = link(served, relay)
    assert words(act(found, "adresa", address=address(2))) == words(act(found, "adresa", address=NEW)).replace(
        NEW, address(2)
    )
    confirming = next(each[2] for each in mailed(served, relay) if each[0] == address(2))
    answer = act(confirming, "potvrdit")
    assert answer.status_code == 400 and "převést odběr nejde" in words(answer)
    assert person(served) == address(1)


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        (None, Reason.BOUNCE, None),
        (None, Reason.COORDINATOR, "refused"),
        (Reason.ASKED, None, Reason.ASKED),
        (Reason.COORDINATOR, Reason.ASKED, Reason.COORDINATOR),
    ],
)
def test_what_was_said_of_the_person_moves_with_her(
    served: Office, relay: ScriptedRelay, old: Reason | None, new: Reason | None, then: Reason | str | None
) -> None:
    found = link(served, relay)
    act(found, "adresa", address=NEW)
    [(_, _, confirming)] = mailed(served, relay)
    with served.database.write() as tx:
        for where, reason in ((address(1), old), (NEW, new)):
            if reason is not None:
                suppress(tx, served, where, reason, NOW)
    act(confirming, "potvrdit")
    with served.database.read() as tx:
        row = tx.execute(select(recipients).where(recipients.c.id == 1)).one()
        kept = suppression_of(tx, served, NEW)
    assert row.address == (address(1) if then == "refused" else NEW)
    if then != "refused":
        assert row.suppressed == (then or "") and (kept.reason if kept else None) == then
