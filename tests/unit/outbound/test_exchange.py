"""One request and its answer: what is read of it, how long that may take, and what a failure tells."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from worker.outbound.exchange import Broken, NotSent, TooLong, exchange
from worker.outbound.guard import Guard

SECRET = "token=s3cr3t"
LOOPBACK = Guard.letting(["127.0.0.0/8"])


@contextmanager
def server(head: bytes, *, endless: bool) -> Iterator[str]:
    """Answers with this head, and then with as many bytes as anybody takes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer, args=(listening, head, endless))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


def _answer(listening: socket.socket, head: bytes, endless: bool) -> None:
    line, _ = listening.accept()
    with line:
        line.recv(65_536)
        try:
            line.sendall(head + b"\r\n\r\n")
            while endless:
                line.sendall(b"x" * 65_536)
        except OSError:
            return


@pytest.mark.parametrize("status", [b"200 OK", b"302 Found\r\nLocation: http://10.0.0.1/", b"500 No"])
def test_an_endless_body_that_nobody_wants_is_left_where_it_is(status: bytes) -> None:
    began = time.monotonic()
    with server(b"HTTP/1.1 " + status, endless=True) as url:
        reply = exchange("POST", url, LOOPBACK, 20.0, unread=True)
    assert reply.body == b"" and str(reply.status).encode() == status[:3]
    assert time.monotonic() - began < 10


def test_an_endless_body_is_read_so_far_and_no_further() -> None:
    with server(b"HTTP/1.1 200 OK", endless=True) as url, pytest.raises(TooLong):
        exchange("GET", url, LOOPBACK, 20.0, most=1_000_000)


def test_a_redirect_is_told_and_not_followed() -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://["
    with server(head, endless=False) as url:
        reply = exchange("GET", url, LOOPBACK, 20.0)
    assert (reply.status, reply.headers["location"]) == (302, "http://[")


def test_no_failure_repeats_the_address() -> None:
    with server(b"HTTP/1.1 400 No", endless=False) as url, pytest.raises(NotSent) as raised:
        exchange("GET", f"{url.replace('http', 'https', 1)}?{SECRET}", LOOPBACK, 5.0)  # it speaks no TLS
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_an_answer_that_breaks_off_may_have_been_acted_upon() -> None:
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 10", endless=False) as url, pytest.raises(Broken):
        exchange("POST", url, LOOPBACK, 5.0)
