"""A mailing's canary: sent before the first recipient, made as everybody's mail, in no account of the mailing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import Received, ScriptedRelay
from tests.store.desk import at_work, begin, mailing, read, recorded, states
from tests.store.sample import CONFIG, NOW, ROOT
from worker.delivery import canary
from worker.errors import InvalidFiles
from worker.inbox.taking import take
from worker.jobs import work
from worker.office import Office
from worker.settings import Inbox, load_settings
from worker.settings.watch import Canary
from worker.store.tables import canaries, recipients
from worker.watch.alerts import Memory, Watch, all_conditions

ADDRESS = "kontrola@liberecky-kraj.example.org"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def flying(office: Office, tmp_path: Path) -> Office:
    inbox = Inbox(maildir=tmp_path / "posta", address="odpovedi@liberecky-kraj.example.org")
    settings = replace(office.settings, canary=Canary(address=ADDRESS, minutes=30), inbox=inbox)
    return replace(office, settings=settings)


def missing(office: Office, at: datetime) -> list[str]:
    condition = next(each for each in all_conditions() if each.name == "canary_missing")
    with office.database.read() as tx:
        return [alarm.about for alarm in condition.found(Watch(tx, office, at, Memory(), ""))]


@contextmanager
def delivered(office: Office, relay: ScriptedRelay, people: int) -> Iterator[list[Received]]:
    number = begin(office, people)
    with at_work(office) as current:
        work(current)
    assert mailing(office, number).audience == people
    yield [each for each in relay.received if read(each)["List-Id"]]


def test_it_leaves_first_and_is_the_mail_that_everybody_gets(flying: Office, relay: ScriptedRelay) -> None:
    with delivered(flying, relay, 3) as mails:
        first, *others = map(read, mails)
    assert (first["To"], len(others)) == (ADDRESS, 3)
    assert list(first.keys()) == list(others[0].keys())
    assert first["Subject"] == others[0]["Subject"]
    assert first["Message-ID"] not in {each["Message-ID"] for each in others}
    assert first["Hlasatel-Occurrence"] == others[0]["Hlasatel-Occurrence"]
    assert states(flying) == ["sent"] * 3, "it is no delivery"
    with flying.database.read() as tx:
        assert ADDRESS not in tx.execute(select(recipients.c.address)).scalars().all()
        (row,) = tx.execute(select(canaries)).all()
    assert (row.state, row.message_id) == ("sent", first["Message-ID"])
    assert "mailing.done" in recorded(flying)


def test_one_that_arrives_is_noted_and_one_that_does_not_is_alarming(flying: Office, relay: ScriptedRelay) -> None:
    with delivered(flying, relay, 1) as mails:
        bird = mails[0]
    assert (missing(flying, NOW + 29 * MINUTE), len(missing(flying, NOW + 31 * MINUTE))) == ([], 1)
    assert take(flying, b"h" * 32, bird.data, NOW + 40 * MINUTE) is False, "it may be deleted"
    assert missing(flying, NOW + 45 * MINUTE) == []
    stranger = bird.data.replace(b"Message-ID: <", b"Message-ID: <x")
    assert take(flying, b"s" * 32, stranger, NOW + 50 * MINUTE) is True, "somebody else's mail stays"


def test_a_refused_or_unmade_canary_keeps_nobody_from_the_mailing(flying: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(ADDRESS, "550 5.1.1 no such user")
    begin(flying, 2)
    with at_work(flying) as current:
        work(current)
    assert states(flying) == ["sent", "sent"]
    with flying.database.read() as tx:
        assert [row.state for row in tx.execute(select(canaries))] == ["failed"]


def test_nothing_flies_late_twice_or_unless_it_is_wanted(flying: Office, office: Office) -> None:
    begin(office, 1)
    with office.database.read() as tx:
        assert canary.without(tx, NOW + 2 * canary.AT_LATEST) is None
        number = canary.without(tx, NOW)
    assert number is not None
    with office.database.write() as tx:
        canary.put(tx, number, NOW)
        canary.put(tx, number, NOW)
        assert canary.without(tx, NOW) is None
    with at_work(office) as current:
        work(current)
    with office.database.read() as tx:
        assert [row.state for row in tx.execute(select(canaries))] == ["queued"]


def test_who_looks_for_it_needs_a_mailbox(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.iterdir():
        if file.is_file():
            (config / file.name).write_bytes(file.read_bytes())
    settings = config / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + f'\n[canary]\naddress = "{ADDRESS}"\nminutes = 30\n', "utf-8")
    with pytest.raises(InvalidFiles) as refused:
        load_settings({}, plan=ROOT / "schedules.yaml", config=config)
    assert "[inbox]" in str(refused.value.faults[0])
