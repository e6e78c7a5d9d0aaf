"""kill -9 in the middle of a mailing: nobody is lost, nobody gets a press release twice, doubt goes to a person."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office, own_port
from worker.demo.mailbox import Mailbox

PEOPLE = [f"clovek{number}@posta.example.org" for number in range(60)]
KILLS = 3
APPROVE = {"decision": "approve", "comment": ""}


class SlowMailbox(Mailbox):
    """Takes its time between keeping a mail and saying so: where a kill leaves most doubt."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.03)
        return answer


@pytest.fixture
def slow_office(office: Office) -> Any:
    with SlowMailbox(own_port()) as mailbox:
        office.mailbox = mailbox
        yield office


def _approved(office: Office, occurrence: str, list_id: str) -> None:
    office.import_people(list_id, PEOPLE)
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        link = office.link(occurrence, "schvaleni")
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 200


def _kill_after(office: Office, occurrence: str, arrived: int) -> None:
    process = office.start("tick", "--now", SENT_AT)
    end = time.monotonic() + 30
    while len(office.delivered(occurrence)) < arrived and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    assert process.poll() is None, "the tick ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _unknown(office: Office) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(office.run("delivery", "unknown", "--format", "json"))
    return found


def test_a_killed_press_release_reaches_everybody_at_most_once(slow_office: Office) -> None:
    office = slow_office
    _approved(office, PRESS_RELEASE, "media")
    for kill in range(1, KILLS + 1):
        _kill_after(office, PRESS_RELEASE, kill * 12)
    office.tick("2026-12-08T10:01")
    copies = Counter(mail.recipient for mail in office.delivered(PRESS_RELEASE))
    unknown = {row["address"]: row for row in _unknown(office)}
    assert max(copies.values()) == 1, "somebody has two"
    assert copies.keys() | unknown.keys() == set(PEOPLE), "somebody is lost"
    assert len(unknown) <= KILLS, "more than one in doubt per connection and kill"
    assert {row["occurrence"] for row in unknown.values()} <= {PRESS_RELEASE}
    arrived = {mail.recipient: str(mail.message["Message-ID"]) for mail in office.delivered(PRESS_RELEASE)}
    assert all(arrived.get(address, row["message_id"]) == row["message_id"] for address, row in unknown.items())
    if unknown:
        _settle_all(office, list(unknown))


def _settle_all(office: Office, addresses: list[str]) -> None:
    assert f"nejasné, rozhodne člověk {len(addresses)}" in office.run("status")
    assert "nejasné, rozhodne člověk" in office.run("why", PRESS_RELEASE)
    for address in addresses:
        office.run("delivery", "settle", PRESS_RELEASE, address, "sent")
    assert _unknown(office) == []
    assert "nejasné" not in office.run("status")


def test_a_killed_newsletter_is_repeated_once_at_most(slow_office: Office) -> None:
    office = slow_office
    _approved(office, NEWSLETTER, "obcane")
    for kill in range(1, KILLS + 1):
        _kill_after(office, NEWSLETTER, kill * 12)
    office.tick("2026-12-08T10:01")
    mails = office.delivered(NEWSLETTER)
    copies = Counter(mail.recipient for mail in mails)
    assert set(copies) | {row["address"] for row in _unknown(office)} == set(PEOPLE), "somebody is lost"
    assert max(copies.values()) <= 2
    assert len(mails) - len(copies) <= KILLS, "more than one extra copy per connection and kill"
    by_person = {recipient: {mail.raw for mail in mails if mail.recipient == recipient} for recipient in copies}
    assert all(len(bodies) == 1 for bodies in by_person.values()), "a repeat must have the same bytes"


def test_a_worker_that_lost_its_database_begins_anew(tmp_path: Path, postgres_url: str) -> None:
    with SlowMailbox(own_port()) as mailbox:
        office = Office(tmp_path, mailbox, postgres_url)
        _approved(office, PRESS_RELEASE, "media")
        with office.serving("run", SENT_AT):
            _until(lambda: len(office.delivered(PRESS_RELEASE)) >= 10)
            with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            _until(lambda: len(office.delivered(PRESS_RELEASE)) + len(_unknown(office)) >= len(PEOPLE), 40)
            _until(lambda: requests.get(f"{office.base_url}/readyz", timeout=5).status_code == 200)
        copies = Counter(mail.recipient for mail in office.delivered(PRESS_RELEASE))
        unknown = {row["address"] for row in _unknown(office)}
        assert max(copies.values()) == 1, "somebody has two"
        assert copies.keys() | unknown == set(PEOPLE), "somebody is lost"
        assert len(unknown) <= 1


def _until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_sigterm_drains(slow_office: Office) -> None:
    office = slow_office
    _approved(office, PRESS_RELEASE, "media")
    with office.serving("run", SENT_AT) as process:
        end = time.monotonic() + 20
        while len(office.delivered(PRESS_RELEASE)) < 10 and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    assert 10 <= len(office.delivered(PRESS_RELEASE)) < len(PEOPLE)
    assert _unknown(office) == []
    office.tick("2026-12-08T10:02")
    assert Counter(mail.recipient for mail in office.delivered(PRESS_RELEASE)) == Counter(PEOPLE)
