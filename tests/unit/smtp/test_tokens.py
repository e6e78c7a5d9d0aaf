"""Access tokens from the endpoint: asked for when needed, never told, never more than once while they last."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl

import pytest
import trustme

from tests.fixtures.smtp_server import scripted_relay
from tests.unit.smtp.desk import Desk
from worker.errors import HlasatelError
from worker.settings import parse_smtp_url
from worker.settings.relay import OAuthSettings, TokenSource
from worker.smtp.carrier import Accepted, Down, Unsent
from worker.smtp.tokens import Tokens

SCOPE = "https://outlook.office365.com/.default"


@dataclass
class Endpoint:
    """What it answers, and the forms it got."""

    url: str = ""
    status: int = 200
    body: bytes = json.dumps({"access_token": "velmi-tajny-token", "expires_in": 3600}).encode()
    asked: list[dict[str, str]] = field(default_factory=list)

    def source(self) -> TokenSource:
        """Where the worker is told that tokens come from."""
        settings = OAuthSettings(token_url=self.url, client_id="hlasatel", scope=SCOPE)
        return TokenSource(endpoint=settings, secret="velmi-tajne")

    def tokens(self) -> Tokens:
        return Tokens(self.source())


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    found = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.asked.append(dict(parse_qsl(text)))
            self.send_response(found.status)
            if found.status == 307:
                self.send_header("Location", found.url)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    authority = trustme.CA()
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        found.url = f"https://127.0.0.1:{server.server_port}/token"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def test_a_token_is_asked_for_once_while_it_lasts(endpoint: Endpoint) -> None:
    tokens = endpoint.tokens()
    assert [tokens(), tokens()] == ["velmi-tajny-token"] * 2
    assert endpoint.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "hlasatel",
            "client_secret": "velmi-tajne",
            "scope": SCOPE,
        }
    ]


def test_one_that_ends_or_was_refused_is_asked_for_anew(endpoint: Endpoint) -> None:
    endpoint.body = json.dumps({"access_token": "short", "expires_in": 60}).encode()
    tokens = endpoint.tokens()
    assert [tokens(), tokens()] == ["short"] * 2
    assert len(endpoint.asked) == 2, "nobody begins with a token that ends within the minute"
    endpoint.body = json.dumps({"access_token": "long"}).encode()
    assert [tokens(), tokens()] == ["long"] * 2
    tokens.forget()
    assert tokens() == "long"
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b'{"error": "invalid_client"}'),
        (307, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"access_token": "two words"}'),
        (200, b'{"access_token": "' + b"x" * 100_000 + b'"}'),
    ],
)
def test_an_answer_without_a_token_is_refused_without_a_secret(endpoint: Endpoint, status: int, body: bytes) -> None:
    endpoint.status, endpoint.body = status, body
    with pytest.raises(HlasatelError, match="token") as refused:
        endpoint.tokens()()
    assert "tajn" not in str(refused.value)
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_cannot_be_reached_or_proves_to_be_nobody_is_told(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(HlasatelError, match="SSLError"):
        endpoint.tokens()()
    endpoint.url = "https://127.0.0.1:9/token"
    with pytest.raises(HlasatelError, match="ConnectionError"):
        endpoint.tokens()()
    assert endpoint.asked == []


def test_a_token_that_the_relay_refuses_is_asked_for_anew(endpoint: Endpoint) -> None:
    with scripted_relay() as relay:
        relay.answer("AUTH", "535 5.7.3 expired", "235 welcome")
        url = relay.url.replace("://", "://zpravy%40kraj.example.org@") + "?auth=xoauth2"
        with Desk(replace(parse_smtp_url(url), tokens=endpoint.source()), 1) as desk:
            assert [type(each) for each in desk.send(1)] == [Unsent, Down]
            assert [type(each) for each in desk.send(2)] == [Accepted]
    assert len(endpoint.asked) == 2
