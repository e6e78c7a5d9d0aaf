"""Mails to recipients wait in a queue of their own, and leave as notices do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Row, func, select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, body_of, read, words
from tests.store.sample import NOW
from worker.audience import mails
from worker.jobs.send_recipient_mails import SendRecipientMails
from worker.mime.signing import Signer
from worker.office import Office
from worker.store.tables import joining_links, recipient_mails, recipients

MINUTE = timedelta(minutes=1)
ADDRESS = "jana@priklad.example.org"


def put(office: Office, key: str = "one", **more: Any) -> bool:
    with office.database.write() as tx:
        return mails.put(tx, key, "known", ADDRESS, NOW, lists=["obcane"], **more)


def send(office: Office) -> None:
    with at_work(office, NOW) as shift:
        while SendRecipientMails().do_one(shift, NOW):
            pass


def only(office: Office) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(recipient_mails)).one()


def test_it_leaves_once_for_one_reason_and_says_who_writes(office: Office, relay: ScriptedRelay) -> None:
    assert (put(office), put(office)) == (True, False)
    send(office)
    send(office)
    mail = read(relay.received[0])
    assert len(relay.received) == 1
    assert relay.received[0].recipient == ADDRESS
    assert relay.received[0].sender == "hlasatel@liberecky-kraj.example.org"
    assert mail["To"] == ADDRESS
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == only(office).message_id
    assert [name for name in mail if name.lower().startswith("list-")] == []
    assert words(mail).startswith("Dobrý den, někdo, nejspíš vy,")
    assert "poverenec@liberecky-kraj.example.org" in body_of(mail, "html")
    assert only(office).state == "sent"


@pytest.mark.parametrize(("language", "greeting"), [("cs", "Vážená paní Nováková,"), ("en", "Good day,")])
def test_it_speaks_the_recipients_language(office: Office, relay: ScriptedRelay, language: str, greeting: str) -> None:
    with office.database.write() as tx:
        added = recipients.insert().values(
            address=ADDRESS, name="Jana Nováková", greeting="Vážená paní Nováková", created_at=NOW
        )
        number = tx.execute(added.returning(recipients.c.id)).scalar_one()
    put(office, recipient_id=number, language=language)
    send(office)
    assert words(read(relay.received[0])).startswith(greeting)


def test_one_whose_reason_is_gone_does_not_leave(office: Office, relay: ScriptedRelay) -> None:
    with office.database.write() as tx:
        mails.put(tx, "gone", "confirm", ADDRESS, NOW, joining=7)
    send(office)
    assert relay.received == []
    assert only(office).state == "withdrawn"
    with office.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(joining_links)).scalar() == 0


def test_one_that_the_relay_refuses_for_now_is_tried_again(office: Office, relay: ScriptedRelay) -> None:
    put(office)
    relay.answer("RCPT", "451 later")
    send(office)
    waiting = only(office)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("queued", 1, NOW + 2 * MINUTE)


def test_a_relay_that_cannot_be_used_is_asked_once_a_round_and_costs_nobody_a_try(
    office: Office, relay: ScriptedRelay
) -> None:
    put(office, "one")
    put(office, "two")
    relay.always("CONNECT", "421 busy")
    send(office)
    with office.database.read() as tx:
        waiting = tx.execute(select(recipient_mails).order_by(recipient_mails.c.id)).all()
    assert [(row.state, row.attempts, row.reply != "") for row in waiting] == [
        ("queued", 0, True),
        ("queued", 0, False),
    ]


def test_one_that_cannot_be_made_stops_no_other(
    office: Office, relay: ScriptedRelay, caplog: pytest.LogCaptureFixture
) -> None:
    put(office, "bad")
    with office.database.write() as tx:
        tx.execute(update(recipient_mails).values(address="ne\nadresa@example.org"))
    put(office, "good")
    send(office)
    with office.database.read() as tx:
        states = {row.key: row.state for row in tx.execute(select(recipient_mails))}
    assert states == {"bad": "failed", "good": "sent"}
    assert len(relay.received) == 1
    assert "cannot be made" in caplog.text
    assert "adresa" not in caplog.text


def test_one_whose_sender_died_leaves_again_with_the_same_identity(office: Office, relay: ScriptedRelay) -> None:
    put(office)
    with office.database.write() as tx:
        mails.OUTBOX.begin(tx, only(office).id, "<same@example.org>")
    send(office)  # the next shift takes over what the one before had begun
    assert read(relay.received[0])["Message-ID"] == "<same@example.org>"


def test_it_is_signed_where_hlasatel_signs(office: Office, relay: ScriptedRelay) -> None:
    key = rsa.generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = Signer("liberecky-kraj.example.org", "hlasatel", key)
    office = replace(office, settings=replace(office.settings, signer=signer))
    put(office)
    send(office)
    assert "d=liberecky-kraj.example.org" in str(read(relay.received[0])["DKIM-Signature"])
