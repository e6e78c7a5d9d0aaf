"""Addresses and greetings that are hard to send: they fail alone, with the reason, or arrive as they were meant."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import begin, deliver, mailing, read, rows, states
from tests.store.sample import address
from worker.delivery.spliced import sample
from worker.office import Office
from worker.store.tables import deliveries, mailings

INTERNATIONAL = "jiří@xn--hkyrky-ptac70bc.cz"


def spoil(office: Office, number: int, **values: str) -> None:
    """Write into the row of the `number`th recipient what no import lets in, but an older version may have."""
    with office.database.write() as tx:
        found = deliveries.c.recipient_id == rows(office)[number - 1].recipient_id
        tx.execute(update(deliveries).where(found).values(**values))


@pytest.mark.parametrize(
    ("number", "value", "reason"),
    [
        (1, {"address": "clovek\r\nRCPT TO:<obet@example.org>"}, "Adresa není platná"),
        (2, {"address": "=?utf-8?q?a=0D=0ABcc=3A?=@noviny.example.org"}, "Adresa není platná"),
        (3, {"address": "a@b@c.cz"}, "Adresa není platná"),
        (1, {"address": "a" * 400 + "@noviny.example.org"}, "Adresa není platná"),
        (2, {"address": ""}, "Adresa není platná"),
        (3, {"greeting": "Vážená\r\npaní"}, "Oslovení obsahuje řídicí znaky"),
    ],
)
def test_one_that_cannot_be_sent_fails_alone_and_says_why(
    office: Office, relay: ScriptedRelay, number: int, value: dict[str, str], reason: str
) -> None:
    mailing_id = begin(office, 3)
    spoil(office, number, **value)
    deliver(office)
    others = [each for each in (1, 2, 3) if each != number]
    assert [states(office)[each - 1] for each in others] == ["sent", "sent"]
    row = rows(office)[number - 1]
    assert (row.state, row.code, row.copies) == ("failed", 0, 0)
    assert row.reply.startswith(reason) and row.reply.endswith("znovu.")
    assert sorted(each.recipient for each in relay.received) == sorted(map(address, others))
    assert not any("obet@" in line for line in relay.heard)
    assert mailing(office, mailing_id).state == "done"


def test_a_message_that_would_arrive_otherwise_stops_the_mailing_before_anybody_gets_it(
    office: Office, relay: ScriptedRelay
) -> None:
    mailing_id = begin(office, 3)
    with office.database.write() as tx:
        tx.execute(update(mailings).values(domain="kraj.cz>\r\nBcc: <obet@example.org"))
    deliver(office)
    stopped = mailing(office, mailing_id)
    assert (stopped.state, stopped.resume_at) == ("paused", None)
    assert stopped.reason.endswith("Ohlaste to prosím správci.")
    assert states(office) == ["queued"] * 3
    assert relay.heard == []


@pytest.mark.parametrize(("people", "read_again"), [(0, []), (1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (9, [1, 5, 9])])
def test_the_first_a_middle_and_the_last_message_are_read_again(
    office: Office, people: int, read_again: list[int]
) -> None:
    mailing_id = begin(office, people)
    with office.database.read() as tx:
        assert [row.address for row in sample(tx, mailing_id)] == list(map(address, read_again))


def test_an_international_domain_is_asked_for_in_ascii(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 1)
    spoil(office, 1, address="jana@háčkyčárky.cz")
    deliver(office)
    (received,) = relay.received
    assert received.recipient == "jana@xn--hkyrky-ptac70bc.cz"
    assert read(received)["To"] == "jana@xn--hkyrky-ptac70bc.cz"


@pytest.mark.parametrize("offered", [(), ("8BITMIME",), ("SMTPUTF8", "8BITMIME")])
def test_a_local_part_beyond_ascii_is_sent_where_the_relay_takes_it(
    office: Office, relay: ScriptedRelay, offered: tuple[str, ...]
) -> None:
    relay.offer(*offered)
    begin(office, 2)
    spoil(office, 1, address=INTERNATIONAL)
    deliver(office)
    row = rows(office)[0]
    if "SMTPUTF8" not in offered:
        assert states(office) == ["failed", "sent"]
        assert (row.code, row.copies) == (0, 0) and "SMTPUTF8" in row.reply
        assert not any("SMTPUTF8" in line for line in relay.heard)
        return
    assert states(office) == ["sent", "sent"]
    (received,) = relay.received_by(INTERNATIONAL)
    assert f"\nTo: {INTERNATIONAL}\r\n".encode() in received.data
    asked = [line for line in relay.heard if line.startswith("MAIL ")]
    assert sum("SMTPUTF8" in line for line in asked) == 1, "nobody else's mail asks for it"
