"""The e-mail channel against a relay that misbehaves: every phase's failure has the remedy the design gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fixtures.smtp_server import ACCEPT_AND_HANG_UP, HANG_UP, ScriptedRelay, Then, scripted_relay
from worker.channels.email import (
    MessageDeferred,
    MessageRefused,
    OutcomeUnknown,
    RelayUnusable,
    SmtpConnection,
    SmtpError,
)
from worker.settings import parse_smtp_url

SENDER, RECIPIENT = "tisk@kraj.example.org", "jana.novakova@noviny.example.org"
DATA = b"Subject: x\r\n\r\n.dot\r\n..dots\r\nend\r\n"
LARGE = b"Subject: x\r\n\r\n" + (b"a" * 70 + b"\r\n") * 200_000  # more than the buffers of a loopback connection hold
WHOLE = "whole"


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    with scripted_relay() as running:
        yield running


@pytest.fixture
def connection(relay: ScriptedRelay) -> Iterator[SmtpConnection]:
    own = SmtpConnection(parse_smtp_url(relay.url))
    yield own
    own.close()


def send(connection: SmtpConnection, data: bytes = DATA) -> str:
    """One whole exchange; the text of the acceptance."""
    connection.begin(SENDER, RECIPIENT)
    return str(connection.finish(data, RECIPIENT))


# Verb and answers, the error, the reply's code (None: the relay said nothing), whether the dot may have been seen.
FAILURES: list[tuple[str, str | Then, type[SmtpError], int | None]] = [
    ("CONNECT", HANG_UP, RelayUnusable, None),
    ("CONNECT", "421 too busy", RelayUnusable, 421),
    ("CONNECT", "450 later", RelayUnusable, 450),
    ("CONNECT", "554 no service", RelayUnusable, 554),
    ("CONNECT", "hello", RelayUnusable, None),
    ("EHLO", HANG_UP, RelayUnusable, None),
    ("EHLO", "421 too busy", RelayUnusable, 421),
    ("MAIL", HANG_UP, RelayUnusable, None),
    ("MAIL", "421 too busy", RelayUnusable, 421),
    ("MAIL", "451 later", RelayUnusable, 451),
    ("MAIL", "550 sender refused", RelayUnusable, 550),
    ("RCPT", HANG_UP, RelayUnusable, None),
    ("RCPT", "421 too busy", RelayUnusable, 421),
    ("RCPT", "450 mailbox busy", MessageDeferred, 450),
    ("RCPT", "550 no such mailbox", MessageRefused, 550),
    ("RCPT", Then("450 mailbox busy", hang_up=True), MessageDeferred, 450),
    ("RCPT", Then("550 no such mailbox", hang_up=True), MessageRefused, 550),
    ("RCPT", "perhaps", RelayUnusable, None),
    ("DATA", HANG_UP, RelayUnusable, None),
    ("DATA", "421 too busy", RelayUnusable, 421),
    ("DATA", "451 later", MessageDeferred, 451),
    ("DATA", "554 no", MessageRefused, 554),
    ("DATA", "250 what text?", RelayUnusable, 250),
    ("DOT", HANG_UP, OutcomeUnknown, None),
    ("DOT", ACCEPT_AND_HANG_UP, OutcomeUnknown, None),
    ("DOT", "421 too busy", RelayUnusable, 421),
    ("DOT", "452 full", MessageDeferred, 452),
    ("DOT", "554 spam", MessageRefused, 554),
    ("DOT", Then("452 full", hang_up=True), MessageDeferred, 452),
    ("DOT", Then("554 spam", hang_up=True), MessageRefused, 554),
    ("DOT", "perhaps", OutcomeUnknown, None),
    ("DOT", "354 what?", OutcomeUnknown, None),
]


@pytest.mark.parametrize(("verb", "answer", "error", "code"), FAILURES)
def test_a_failure_has_the_remedy_of_its_phase(
    relay: ScriptedRelay,
    connection: SmtpConnection,
    verb: str,
    answer: str | Then,
    error: type[SmtpError],
    code: int | None,
) -> None:
    relay.answer(verb, answer)
    if verb == "EHLO":
        relay.answer("HELO", answer)
    with pytest.raises(SmtpError) as raised:
        send(connection)
    assert type(raised.value) is error
    assert (raised.value.reply.code if raised.value.reply else None) == code
    send(connection)  # and the next message goes out, over the same connection or a new one
    assert len(relay.received) == (2 if answer == ACCEPT_AND_HANG_UP else 1)


@pytest.mark.parametrize("answer", ["450 later", "502 what?"])
def test_a_refused_ehlo_and_helo_is_the_relays_trouble(
    relay: ScriptedRelay, connection: SmtpConnection, answer: str
) -> None:
    relay.answer("EHLO", answer)
    relay.answer("HELO", answer)
    with pytest.raises(RelayUnusable) as raised:
        send(connection)
    assert raised.value.reply is not None
    assert raised.value.reply.code == int(answer[:3])


def test_an_old_relay_without_ehlo_is_used(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    relay.answer("EHLO", "500 what?")
    assert send(connection) == "250 queued"


def test_nobody_listens() -> None:
    with scripted_relay() as gone:
        url = gone.url
    with pytest.raises(RelayUnusable):
        send(SmtpConnection(parse_smtp_url(url)))


def test_a_text_cut_short_never_left(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    relay.answer("TEXT", HANG_UP)
    with pytest.raises(RelayUnusable):
        send(connection, LARGE)
    assert relay.received == []


def test_a_required_starttls_that_is_missing_is_the_relays_trouble(relay: ScriptedRelay) -> None:
    connection = SmtpConnection(parse_smtp_url(f"{relay.url}?starttls=require"))
    with pytest.raises(RelayUnusable, match="STARTTLS"):
        send(connection)
    assert relay.count("MAIL") == 0


def test_a_starttls_that_is_refused_or_no_tls_is_the_relays_trouble(relay: ScriptedRelay) -> None:
    relay.always("EHLO", "250-relay\n250 STARTTLS")
    relay.answer("STARTTLS", "454 not now")
    connection = SmtpConnection(parse_smtp_url(f"{relay.url}?starttls=require"))
    with pytest.raises(RelayUnusable):
        send(connection)
    relay.answer("STARTTLS", "220 go on\n250 this is no TLS")
    with pytest.raises(RelayUnusable):
        send(connection)
    assert relay.count("MAIL") == 0


@pytest.mark.parametrize("password", ["spatne-heslo", "příliš-žluťoučké"])
def test_a_refused_password_is_the_relays_trouble_and_told_to_nobody(relay: ScriptedRelay, password: str) -> None:
    relay.always("EHLO", "250-relay\n250 AUTH PLAIN LOGIN")
    relay.always("AUTH", "535 no")
    plain = parse_smtp_url(relay.url)
    with pytest.raises(RelayUnusable) as raised:
        send(SmtpConnection(replace(plain, user="jan", password=password)))
    assert password not in str(raised.value)


def test_one_connection_serves_many_messages(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    for _ in range(3):
        send(connection)
    assert (relay.connections, len(relay.received)) == (1, 3)
    assert {each.sender for each in relay.received} == {SENDER}


def test_a_refusal_keeps_the_connection_and_resets_the_envelope(
    relay: ScriptedRelay, connection: SmtpConnection
) -> None:
    relay.answer("RCPT", "550 no such mailbox")
    with pytest.raises(MessageRefused):
        send(connection)
    send(connection)
    assert (relay.connections, relay.count("RSET")) == (1, 1)


def test_an_abandoned_envelope_leaves_nothing(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    connection.begin(SENDER, RECIPIENT)
    connection.abandon()
    connection.close()
    assert relay.received == []


def test_a_closed_connection_says_goodbye_and_may_be_closed_twice(
    relay: ScriptedRelay, connection: SmtpConnection
) -> None:
    send(connection)
    connection.close()
    connection.close()
    assert relay.heard[-1] == "QUIT"


@pytest.mark.parametrize(
    "answer",
    [
        f"550 <{RECIPIENT}>: unknown",
        f"550 {RECIPIENT.upper()} unknown",
        f"550-first line\n550 {RECIPIENT} unknown",
        f"550 {'x' * 480} {RECIPIENT}",
    ],
)
def test_a_reply_never_holds_the_recipients_address(
    relay: ScriptedRelay, connection: SmtpConnection, answer: str
) -> None:
    for verb in ("RCPT", "DOT"):
        relay.answer(verb, answer)
        with pytest.raises(MessageRefused) as raised:
            send(connection)
        told = f"{raised.value} {raised.value.reply}".lower()
        assert RECIPIENT.partition("@")[0] not in told


def test_a_reply_is_kept_short(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    relay.answer("DOT", "\n".join(["554-" + "x" * 400] * 50 + ["554 end"]))
    with pytest.raises(MessageRefused) as raised:
        send(connection)
    assert raised.value.reply is not None
    assert len(raised.value.reply.text) <= 500


def test_an_endless_reply_is_the_relays_trouble(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    relay.answer("RCPT", "250 " + "x" * 1_000_000)
    with pytest.raises(RelayUnusable):
        send(connection)


def test_the_bytes_arrive_as_they_were(relay: ScriptedRelay, connection: SmtpConnection) -> None:
    send(connection)
    assert relay.received[0].data == DATA
