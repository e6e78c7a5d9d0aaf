"""Many who leave with one click at once: all recorded, few transactions, and nothing asked of the relay for them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import event, select

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import begin, deliver, mailing, rows, states
from tests.store.sample import NEWSLETTER, NOW, add_people, address
from worker.audience.leaving.leave import Leaving, find_all, leave_together
from worker.delivery import identity
from worker.office import Office
from worker.record import events
from worker.store.tables import departures

MANY = 40
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def served(office: Office) -> Iterator[Office]:
    with pages(office, NOW) as reached:
        yield reached


def sent_to_many(office: Office) -> list[str]:
    """The links of everybody on a mailing to two lists."""
    with office.database.write() as tx:
        add_people(tx, "media", range(1, MANY + 1))
    number = begin(office, 0, "newsletter", NEWSLETTER, ("media", "obcane"))
    derived = identity.of_mailing(office.settings, number, mailing(office, number).key_id, "example.org")
    return [f"{office.settings.base_url}/o/{derived.unsubscribe_token(row.recipient_id)}" for row in rows(office)]


def left(office: Office) -> Counter[int]:
    """How many lists each who left has left."""
    with office.database.read() as tx:
        return Counter(tx.execute(select(departures.c.recipient_id)).scalars())


def test_clicks_that_come_together_are_written_together(served: Office) -> None:
    links = [*sent_to_many(served), f"{served.settings.base_url}/o/{'A' * 22}"]
    commits: list[object] = []
    count = commits.append
    event.listen(served.database.engine, "commit", count)
    with ThreadPoolExecutor(len(links)) as clicking:
        answers = list(clicking.map(lambda link: requests.post(link, ONE_CLICK, timeout=20), links))
    event.remove(served.database.engine, "commit", count)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1, "a wrong token looks the same"
    assert set(left(served).values()) == {2} and len(left(served)) == MANY
    assert len(commits) < MANY / 2
    with served.database.read() as tx:
        told = events.of_kind(tx, "list.left")
        assert sorted(each.data["recipient"] for each in told) == sorted(left(served))
        assert all(each.data["lists"] == ["media", "obcane"] for each in told)
        assert events.first_broken(tx) is None


def test_clicks_that_cannot_be_written_are_told_so_and_the_next_ones_are_written(
    served: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = sent_to_many(served)
    broken = True

    def refuse(*about: object) -> None:
        if broken:
            raise sqlite3.OperationalError("disk I/O error")

    event.listen(served.database.engine, "commit", refuse)
    try:
        assert requests.post(links[0], ONE_CLICK, timeout=20).status_code == 500
        broken = False
        assert requests.post(links[0], ONE_CLICK, timeout=20).status_code == 200
    finally:
        event.remove(served.database.engine, "commit", refuse)
    assert len(left(served)) == 1


def test_who_leaves_together_and_again_is_told_once(office: Office) -> None:
    links = sent_to_many(office)
    tokens = [link.rpartition("/")[2] for link in links[:3]]
    with office.database.write() as tx:
        found = find_all(tx, office.settings.secret_keys, [*tokens, "A" * 22, tokens[0]])
        assert list(found) == sorted(found, key=tokens.index) and len(found) == 3
        assert leave_together(tx, office, [*found.values(), found[tokens[0]]], NOW) == 3
        one_list = Leaving(1, found[tokens[0]].recipient_id, NEWSLETTER, ("media", "politici"))
        assert leave_together(tx, office, [one_list], NOW) == 1
        assert leave_together(tx, office, found.values(), NOW) == 0
        told = [each.data["lists"] for each in events.of_kind(tx, "list.left")]
        assert told == [["media", "obcane"]] * 3 + [["politici"]]


def test_nothing_is_begun_for_who_left_before_her_turn(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 5)
    with office.database.write() as tx:
        who = [row.recipient_id for row in rows(office)]
        two = [Leaving(1, who[1], NEWSLETTER, ("media",)), Leaving(1, who[3], NEWSLETTER, ("obce",))]
        leave_together(tx, office, two, NOW)
    deliver(office)
    assert states(office) == ["sent", "suppressed", "sent", "sent", "sent"]
    assert (rows(office)[1].reply, rows(office)[1].settled_at, rows(office)[1].copies) == ("left", NOW, 0)
    assert (relay.count("RCPT"), relay.connections) == (4, 1), "no connection was closed to leave a message out"
    assert relay.received_by(address(2)) == []


def test_who_left_one_of_two_lists_still_gets_what_went_to_both(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 3, lists=("media", "obce"))
    with office.database.write() as tx:
        leave_together(tx, office, [Leaving(1, rows(office)[1].recipient_id, NEWSLETTER, ("media",))], NOW)
    deliver(office)
    assert states(office) == ["sent"] * 3


def test_a_token_made_with_another_key_than_the_mailings_is_a_wrong_one(office: Office) -> None:
    links = sent_to_many(office)
    other = b"another-key-of-the-same-office-01234"
    forged = identity.Identity(other, rows(office)[0].mailing_id, "example.org").unsubscribe_token(1)
    keys = [other, *office.settings.secret_keys]
    with office.database.read() as tx:
        assert find_all(tx, keys, [forged]) == {}
        assert len(find_all(tx, keys, [forged, links[1].rpartition("/")[2]])) == 1
