"""Opening a connection: TLS, logging in, and what is the relay's trouble in it."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then, scripted_relay
from tests.unit.smtp.desk import LARGE, TEXT, Desk
from worker.settings import Relay, parse_smtp_url
from worker.settings.relay import TokenSource
from worker.smtp.carrier import Accepted, Down, Happening, Refused, Unsent


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A relay's side of TLS that this machine trusts, for 127.0.0.1."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return served(authority.issue_cert("127.0.0.1"))


def served(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    with scripted_relay() as running:
        yield running


def down(told: list[Happening]) -> Down:
    """What is told of a relay that could not be used; nothing else but the message that was not sent."""
    unsent, found = told
    assert isinstance(unsent, Unsent) and isinstance(found, Down)
    assert unsent.why == found.why
    return found


@pytest.mark.parametrize("implicit", [True, False])
def test_messages_go_through_tls(tls: ssl.SSLContext, implicit: bool) -> None:
    with scripted_relay(tls, implicit=implicit) as relay:
        relay.offer("PIPELINING", "STARTTLS")
        with Desk(relay.url + ("" if implicit else "?starttls=require"), 2) as desk:
            for ticket in range(1, 4):
                desk.follow(ticket)
            assert desk.outcomes() == {1: Accepted, 2: Accepted, 3: Accepted}
            assert isinstance(desk.send(4, LARGE)[0], Accepted), "more than TLS takes at once"
    assert [each.data for each in relay.received] == [TEXT, TEXT, TEXT, LARGE]
    assert relay.connections == 1


def test_a_connection_lost_in_tls_is_told_like_any_other(tls: ssl.SSLContext) -> None:
    with scripted_relay(tls, implicit=True) as relay, Desk(relay.url, 1) as desk:
        relay.answer("TEXT", HANG_UP)
        assert [type(each) for each in desk.send(1, LARGE)] == [Unsent, Down]
        relay.answer("DOT", Then("250 queued", hang_up=True))
        assert [type(each) for each in desk.send(2) + desk.send(3)] == [Accepted, Accepted]


@pytest.mark.parametrize("implicit", [True, False])
def test_a_certificate_of_somebody_else_is_the_relays_trouble(
    tls: ssl.SSLContext, authority: trustme.CA, implicit: bool
) -> None:
    for wrong in (authority.issue_cert("posta.example.org"), trustme.CA().issue_cert("127.0.0.1")):
        with scripted_relay(served(wrong), implicit=implicit) as relay:
            relay.offer("STARTTLS", "AUTH PLAIN")
            url = relay.url.replace("://", "://jan:tajne@") + ("" if implicit else "?starttls=require")
            with Desk(url, 1) as desk:
                assert "CERTIFICATE_VERIFY_FAILED" in down(desk.send(1)).why
        assert relay.count("AUTH") == relay.count("MAIL") == 0


def test_what_was_said_before_tls_counts_for_nothing(tls: ssl.SSLContext) -> None:
    with scripted_relay(tls) as relay:
        relay.answer("EHLO", "250-relay\n250-PIPELINING\n250-SMTPUTF8\n250-8BITMIME\n250 STARTTLS", "250 relay")
        relay.answer("STARTTLS", "220 go")
        with Desk(relay.url + "?starttls=require", 1) as desk:
            desk.begin(1, recipient="č@noviny.example.org", smtputf8=True)
            desk.wait_for(Refused)
            desk.send(2)
    assert (relay.count("MAIL"), len(relay.received)) == (1, 1)


@pytest.mark.parametrize("answers", [["250 relay"], ["250-relay\n250 STARTTLS"]])
def test_starttls_that_is_not_offered_or_refused_is_the_relays_trouble(
    relay: ScriptedRelay, answers: list[str]
) -> None:
    relay.answer("EHLO", *answers)
    relay.answer("STARTTLS", "454 not now")
    with Desk(relay.url + "?starttls=require", 1) as desk:
        down(desk.send(1))
    assert relay.count("MAIL") == 0


@pytest.mark.parametrize("implicit", [True, False])
def test_a_handshake_that_drips_is_not_waited_for_without_end(implicit: bool) -> None:
    with scripted_relay() as relay:
        relay.offer("STARTTLS")
        relay.answer("CONNECT" if implicit else "STARTTLS", Then("220 go" + "o" * 500, drip=0.05))
        scheme = "smtps" if implicit else "smtp"
        url = f"{scheme}://127.0.0.1:{relay.port}" + ("" if implicit else "?starttls=require")
        with Desk(url, 1, patience=0.002) as desk:
            down(desk.send(1))


def auth(relay: ScriptedRelay) -> list[str]:
    """What was said to log in, deciphered."""
    said = [line.removeprefix("AUTH ") for line in relay.heard if line.startswith("AUTH")]
    return [f"{way} {base64.b64decode(words).decode()}" for way, _, words in (each.partition(" ") for each in said)]


@pytest.mark.parametrize(
    ("option", "offered", "said"),
    [
        ("", "PLAIN LOGIN", "PLAIN \0jan\0tajne"),
        ("?auth=plain", "LOGIN PLAIN", "PLAIN \0jan\0tajne"),
        ("?auth=login", "PLAIN LOGIN", "LOGIN jan"),
    ],
)
def test_the_way_to_log_in(relay: ScriptedRelay, option: str, offered: str, said: str) -> None:
    relay.offer(f"AUTH {offered}")
    relay.answer("AUTH", "334 UGFzc3dvcmQ6" if said.startswith("LOGIN") else "235 welcome")
    relay.always(base64.b64encode(b"tajne").decode().upper(), "235 welcome")
    with Desk(relay.url.replace("://", "://jan:tajne@") + option, 1) as desk:
        assert isinstance(desk.send(1)[0], Accepted)
    assert auth(relay) == [said]


@pytest.mark.parametrize("option", ["", "?auth=plain", "?auth=login"])
@pytest.mark.parametrize("answer", ["535 no", "454 later", "421 busy", HANG_UP, "hello"])
def test_a_refused_password_is_the_relays_trouble_and_told_to_nobody(
    relay: ScriptedRelay, option: str, answer: str
) -> None:
    relay.offer("AUTH PLAIN LOGIN")
    relay.always("AUTH", answer)
    with Desk(relay.url.replace("://", "://jan:velmi-tajne@") + option, 1) as desk:
        found = down(desk.send(1))
    assert "tajne" not in f"{found.why} {found.reply}"
    assert relay.count("MAIL") == 0


def with_token(relay: ScriptedRelay, file: Path) -> Relay:
    url = relay.url.replace("://", "://zpravy%40kraj.example.org@") + "?auth=xoauth2"
    return replace(parse_smtp_url(url), tokens=TokenSource(file=file))


def test_xoauth2_shows_the_token_that_stands_in_the_file_now(relay: ScriptedRelay, tmp_path: Path) -> None:
    relay.offer("AUTH XOAUTH2")
    relay.always("AUTH", "235 welcome")
    file = tmp_path / "token"
    for token in ("first", "second"):
        file.write_text(f"{token}\n", encoding="ascii")
        with Desk(with_token(relay, file), 1) as desk:
            assert isinstance(desk.send(1)[0], Accepted)
    assert auth(relay) == [
        f"XOAUTH2 user=zpravy@kraj.example.org\1auth=Bearer {token}\1\1" for token in ("first", "second")
    ]


def test_a_refused_token_is_the_relays_trouble(relay: ScriptedRelay, tmp_path: Path) -> None:
    relay.offer("AUTH XOAUTH2")
    relay.answer("AUTH", "334 " + base64.b64encode(b'{"status":"401"}').decode())
    relay.always("", "535 5.7.3 unsuccessful")
    file = tmp_path / "token"
    file.write_text("stale-and-secret", encoding="ascii")
    with Desk(with_token(relay, file), 1) as desk:
        found = down(desk.send(1))
    assert found.reply is not None and found.reply.code == 535
    assert "secret" not in found.why


@pytest.mark.parametrize("content", [None, "", "two words", "žeton"])
def test_without_a_token_nobody_is_asked(relay: ScriptedRelay, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with Desk(with_token(relay, file), 1) as desk:
        assert "token" in down(desk.send(1)).why
    assert relay.connections == 0
