"""A relay's log settles what nobody knew, and nothing that it does not prove."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay
from tests.store.desk import begin, deliver, mailing, recorded, rows, states
from tests.store.sample import NOW, address, office_with
from worker.delivery import doubtful
from worker.delivery.doubtful import Reconciled
from worker.errors import HlasatelError
from worker.office import Office
from worker.record import progress
from worker.store.tables import mailings

LATER = NOW + timedelta(hours=1)


def in_doubt(office: Office, relay: ScriptedRelay, people: int) -> dict[str, str]:
    """A mailing whose every answer was lost; address → Message-ID."""
    begin(office, people)
    relay.always("DOT", HANG_UP)
    deliver(office_with(office, failure_min=100))
    assert states(office) == ["unknown"] * people
    with office.database.read() as tx:
        return {row.address: doubtful.message_id(office, row) for row in doubtful.unknown(tx)}


def log(message_id: str, queue: str, *said: str) -> list[str]:
    lines = [
        f"cleanup[7]: {queue}: message-id={message_id}",
        f"qmgr[8]: {queue}: from=<a@b.cz>, size=9, nrcpt=1 (queue active)",
    ]
    to = "to=<jana@soukroma.example.org>, orig_to=<x@y.cz>, relay=mx[192.0.2.1]:25"
    lines += [f"smtp[9]: {queue}: {to}, {each}" for each in said]
    return [f"Dec  8 10:00:01 mail postfix/{line}\n" for line in lines]


SENT = "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)"
BOUNCED = "dsn=5.1.1, status=bounced (host mx said: 550 5.1.1 <jana@soukroma.example.org>: unknown user)"
DEFERRED = "dsn=4.4.1, status=deferred (timed out)"


def test_a_log_settles_what_it_proves(office: Office, relay: ScriptedRelay) -> None:
    ids = in_doubt(office, relay, 5)
    lines = [
        *log(ids[address(1)], "AAAA1", SENT),
        *log(ids[address(2)], "BBBB2", BOUNCED),
        *log(ids[address(3)], "CCCC3", DEFERRED),
        *log(ids[address(4)], "DDDD4")[:1],
        *log("<somebody@else.example.org>", "EEEE5", SENT),
    ]
    assert doubtful.reconcile(office, lines, LATER, "koordinator") == Reconciled(1, 1, 1, 2)
    assert states(office) == ["sent", "failed", "unknown", "unknown", "unknown"]
    first, second, third, *_ = rows(office)
    assert (first.settled_at, second.settled_at) == (LATER, LATER)
    assert second.reply == "the relay's log: returned host mx said: 550 5.1.1 <…>: unknown user"
    assert "soukroma" not in first.reply + second.reply
    assert third.settled_at == NOW
    with office.database.read() as tx:
        (each,) = progress.of_occurrence(tx, "tiskova-zprava/2026-12")
    assert each.counts == {"failed": 1, "sent": 1, "unknown": 3}
    assert recorded(office).count("mailing.reconciled") == 1
    assert doubtful.reconcile(office, lines, LATER, "koordinator") == Reconciled(0, 0, 1, 2)
    assert recorded(office).count("mailing.reconciled") == 1, "what settles nothing is no event"
    newer = log(ids[address(3)], "CCCC3", DEFERRED, SENT)
    assert doubtful.reconcile(office, newer, LATER, "koordinator") == Reconciled(1, 0, 0, 2)


def test_nobody_gets_a_second_mail_by_a_log(office: Office, relay: ScriptedRelay) -> None:
    ids = in_doubt(office, relay, 2)
    relay.accept_everything()
    lines = log(ids[address(1)], "AAAA1", BOUNCED)
    doubtful.reconcile(office, lines, LATER, "koordinator")
    deliver(office, LATER)
    assert states(office) == ["failed", "unknown"]
    assert relay.received == []
    assert mailing(office, 1).state == "done"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_mailings_key_nothing_is_guessed(office: Office, relay: ScriptedRelay) -> None:
    ids = in_doubt(office, relay, 1)
    with office.database.write() as tx:
        tx.execute(mailings.update().values(key_id="gone"))
    with pytest.raises(HlasatelError, match="HLASATEL_SECRET_KEY"):
        doubtful.reconcile(office, log(ids[address(1)], "AAAA1", SENT), LATER, "koordinator")
    assert states(office) == ["unknown"]
