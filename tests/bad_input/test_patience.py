"""What a connection may take of us: size and time of heads and bodies, and what it is told where it took too much."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope

from tests.bad_input.asking import parsed
from tests.fixtures.office import own_port
from worker.messages import say, speaking
from worker.web.bodies import TOO_LARGE, TOO_SLOW, capped, refusal_of
from worker.web.patience import MOST_HEAD_BYTES, Patient
from worker.web.served import MOST_AT_ONCE, configured

MUCH = 60_000_000
"""Bytes: more than the system keeps for a connection."""


class Hasty(Patient):
    """The same with a patience that a test can wait for."""

    head_seconds = read_seconds = 0.3


@contextmanager
def served(app: Starlette) -> Iterator[int]:
    port = own_port()
    config = configured(app, host="127.0.0.1", port=port)
    config.http = Hasty
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join(timeout=20)


async def _echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _much(request: Request) -> Response:
    return PlainTextResponse("x" * MUCH)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(
        Starlette(
            routes=[Route("/", _echo, methods=["GET", "POST"]), Route("/mnoho", _much)],
            exception_handlers={ClientDisconnect: _gone},
        )
    ) as at:
        yield at


def until_closed(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", None),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", 408),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT", 408),
    ],
)
def test_a_head_that_does_not_come_is_waited_for_no_longer(port: int, sent: bytes, status: int | None) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(sent)
        answer = until_closed(slow)
    assert (status is None and not answer) or f" {status} ".encode() in answer
    if status:
        assert say("guard.too_slow") in answer.decode()


def test_a_byte_now_and_then_gains_no_time(port: int) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        try:
            for letter in b"GET / HTTP/1.1\r\nX: " + b"a" * 200:
                slow.sendall(bytes([letter]))
                time.sleep(0.02)
        except OSError:
            pass
    assert time.monotonic() - begun < 2


def test_whoever_does_not_read_is_left(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as deaf:
        deaf.sendall(b"GET /mnoho HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.8)
        assert len(until_closed(deaf)) < MUCH, "what stood in the system's own buffers came, nothing more"


def test_a_good_visitor_is_waited_for_with_each_request_anew(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as good:
        for _ in range(4):
            good.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n\r\n0"):
                answer += good.recv(65536)
            assert b" 200 " in answer
            time.sleep(0.15)


@pytest.mark.parametrize(
    "sent",
    [
        b"ahoj\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \xb2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\nX\x01: y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_told_so_in_both_languages(port: int, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(sent)
        answer = parsed(until_closed(stranger))
    with speaking("en"):
        slow = answer.status == 408
        assert answer.status in (400, 408, 501)
        assert say("guard.too_slow" if slow else "guard.no_http") in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert caplog.records == [], "a stranger fills the log"


def test_a_head_has_its_size(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * (2 * MOST_HEAD_BYTES))
        assert b" 431 " in until_closed(stranger)[:20]


async def _told(read: Receive) -> Message:
    return await read()


def test_a_body_has_its_time() -> None:
    async def never() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.request"}

    scope: Scope = {"type": "http", "state": {}}
    assert asyncio.run(_told(capped(scope, never, 0, seconds=0.05))) == {"type": "http.disconnect"}
    assert refusal_of(scope) == TOO_SLOW


def test_whoever_is_answered_may_wait_longer_than_her_body_may_take() -> None:
    async def play() -> list[Message]:
        messages = iter([{"type": "http.request", "body": b"ab", "more_body": False}])

        async def receive() -> Message:
            if (message := next(messages, None)) is not None:
                return message
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        read = capped(scope, receive, 2, seconds=0.05)
        return [await read(), await read()]

    scope: Scope = {"type": "http", "state": {}}
    assert asyncio.run(play())[0]["body"] == b"ab"
    assert refusal_of(scope) == ""


def test_a_body_that_grows_is_cut_off() -> None:
    async def endless() -> Message:
        return {"type": "http.request", "body": b"a" * 10, "more_body": True}

    async def play() -> list[str]:
        read = capped(scope, endless, 25)
        return [(await read())["type"] for _ in range(3)]

    scope: Scope = {"type": "http", "state": {}}
    assert asyncio.run(play()) == ["http.request", "http.request", "http.disconnect"]
    assert refusal_of(scope) == TOO_LARGE


def test_so_many_at_once_as_a_provider_sends_and_no_more() -> None:
    config = configured(Starlette(), host="127.0.0.1", port=1)
    assert config.limit_concurrency == MOST_AT_ONCE >= 1000
    assert config.ws == "none"
