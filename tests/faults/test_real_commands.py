"""The same with the real commands: `tick` and `run`, killed, drained, robbed of their database; and what people see."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import psycopg
import pytest
import requests

from tests.faults.extent import SORTS, runs
from tests.faults.stage import CONNECTIONS, until
from tests.fixtures.commands import Running
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.fault_rules import Rule
from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office

PEOPLE = [f"clovek{number}@posta.example.org" for number in range(240)]
KILLS = 3
SLOW = Rule("dot", after=0.3)
"""Takes its time between keeping a mail and saying so: where a kill leaves most doubt."""
LATER = "2026-12-08T10:01"
APPROVE = {"decision": "approve", "comment": ""}


@pytest.fixture
def relay(shared_relay: FaultRelay, office: Office) -> FaultRelay:
    """Where the approved mailing goes; what people are asked goes to the office's mailbox."""
    shared_relay.begin_anew(office.folder / "journal")
    shared_relay.obey(SLOW)
    return shared_relay


@pytest.fixture(params=SORTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """As elsewhere, but the half that DATABASE chooses."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


def _approved(office: Office, occurrence: str, list_id: str) -> None:
    office.import_people(list_id, PEOPLE)
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        link = office.link(occurrence, "schvaleni")
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200


def _arrived(relay: FaultRelay) -> Counter[str]:
    """How often each of the people got it."""
    return Counter(each.recipient for each in relay.accepted() if each.recipient in PEOPLE)


def _at(relay: FaultRelay, goal: int) -> bool:
    return relay.count() >= goal


def _at_or_ended(relay: FaultRelay, goal: int, process: Running) -> bool:
    return _at(relay, goal) or process.poll() is not None


def _killed(office: Office, relay: FaultRelay) -> None:
    for kill in range(1, KILLS + 1):
        process = office.start("tick", "--now", f"{SENT_AT}:{kill * 15}", HLASATEL_SMTP_URL=relay.url)
        goal = kill * 40
        until(partial(_at_or_ended, relay, goal, process), 40)
        assert process.poll() is None, process.communicate()[1]
        process.send_signal(signal.SIGKILL)
        process.communicate()
    relay.obey()
    office.run("tick", "--now", LATER, HLASATEL_SMTP_URL=relay.url)


def _unknown(office: Office) -> dict[str, dict[str, str]]:
    found = json.loads(office.run("delivery", "unknown", "--format", "json"))
    return {each["address"]: each for each in found}


def test_a_killed_press_release_reaches_everybody_at_most_once(office: Office, relay: FaultRelay) -> None:
    _approved(office, PRESS_RELEASE, "media")
    _killed(office, relay)
    copies, unknown = _arrived(relay), _unknown(office)
    assert max(copies.values()) == 1, "somebody has two"
    assert copies.keys() | unknown.keys() == set(PEOPLE), "somebody is lost"
    assert 1 <= len(unknown) <= KILLS * CONNECTIONS
    assert {row["occurrence"] for row in unknown.values()} == {PRESS_RELEASE}
    ids = {each.recipient: each.message_id for each in relay.accepted()}
    assert all(ids.get(address, row["message_id"]) == row["message_id"] for address, row in unknown.items())
    assert f"nejasné, rozhodne člověk {len(unknown)}" in office.run("status")
    address = min(unknown)
    office.run("delivery", "settle", PRESS_RELEASE, address, "sent")
    assert _unknown(office).keys() == unknown.keys() - {address}


def test_a_killed_newsletter_is_repeated_once_at_most(office: Office, relay: FaultRelay) -> None:
    _approved(office, NEWSLETTER, "obcane")
    _killed(office, relay)
    copies, unknown = _arrived(relay), _unknown(office)
    assert copies.keys() | unknown.keys() == set(PEOPLE), "somebody is lost"
    assert max(copies.values()) <= 2
    assert copies.total() - len(copies) <= KILLS * CONNECTIONS
    texts = {(each.recipient, each.message_id, each.digest) for each in relay.accepted() if each.recipient in PEOPLE}
    assert len(texts) == len(copies), "a repeat must have the same bytes"


def test_a_run_that_is_ended_drains(office: Office, relay: FaultRelay) -> None:
    _approved(office, PRESS_RELEASE, "media")
    relay.obey(Rule("dot", after=0.5))
    with office.serving("run", SENT_AT, HLASATEL_SMTP_URL=relay.url) as process:
        until(lambda: relay.count() >= 40)
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        process.wait(timeout=20)
        assert time.monotonic() - asked < 0.5 + runs(10, 2)  # a machine that is busy with other tests is no measure
    assert 40 <= len(_arrived(relay)) < len(PEOPLE)
    assert _unknown(office) == {}
    relay.obey()
    office.run("tick", "--now", LATER, HLASATEL_SMTP_URL=relay.url)
    assert _arrived(relay) == Counter(PEOPLE)


@pytest.mark.long
def test_a_run_that_lost_its_database_begins_anew(office: Office, relay: FaultRelay, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # a file cannot be lost like this
    _approved(office, PRESS_RELEASE, "media")
    relay.obey(Rule("dot", after=0.1))
    lost = runs(1, 3)
    with office.serving("run", SENT_AT, HLASATEL_SMTP_URL=relay.url):
        for turn in range(lost):
            goal = 40 + 60 * turn
            until(partial(_at, relay, goal))
            _end_all_sessions(database_url)
        until(_everybody(office, relay), 40)
        until(lambda: requests.get(f"{office.base_url}/readyz", timeout=5).status_code == 200)
    copies, unknown = _arrived(relay), _unknown(office)
    assert max(copies.values()) == 1, "somebody has two"
    assert copies.keys() | unknown.keys() == set(PEOPLE), "somebody is lost"
    assert len(unknown) <= lost * CONNECTIONS


def _everybody(office: Office, relay: FaultRelay) -> Callable[[], bool]:
    return lambda: len(_arrived(relay)) >= len(PEOPLE) or len(_arrived(relay).keys() | _unknown(office)) >= len(PEOPLE)


def _end_all_sessions(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
