"""What a feed's server may do to us: nothing but answer, in time and in measure."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Timer

import pytest
import trustme

from tests.fixtures.feed_server import FeedServer, Reply, atom, feed_server, item
from tests.unit.feeds.asking import LOOPBACK, answer, trouble
from worker.feeds.fetch import MOST_BYTES, Ask, fetch, following
from worker.outbound.call import Call
from worker.outbound.trouble import Trouble

FEED = atom(item(1), item(2))


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


def test_a_feed_is_taken_with_what_to_ask_by_next_time(server: FeedServer) -> None:
    headers = {"ETag": '"abc"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"}
    server.replies["/f"] = Reply(FEED, headers=headers)
    found = answer(server.url("/f"))
    assert (found.body, found.content_type) == (FEED, "application/atom+xml")
    assert (found.etag, found.last_modified) == (headers["ETag"], headers["Last-Modified"])


def test_an_unchanged_feed_is_not_sent_again(server: FeedServer) -> None:
    server.replies["/f"] = lambda asked: Reply(status=304) if asked.get("if-none-match") == '"abc"' else Reply(FEED)
    assert answer(server.url("/f"), etag='"abc"', last_modified="Fri, 20 Nov 2026 10:00:00 GMT").body is None
    assert server.asked[0][1]["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    assert answer(server.url("/f")).body == FEED
    assert not {"if-none-match", "if-modified-since"} & set(server.asked[1][1])


@pytest.mark.parametrize("hostile", ["x" * 201, "č", "é", "a\tb"])
def test_a_mark_that_cannot_be_sent_back_is_not_kept(server: FeedServer, hostile: str) -> None:
    def send(line: BaseHTTPRequestHandler) -> None:
        line.wfile.write(f"HTTP/1.1 200 OK\r\nETag: {hostile}\r\nContent-Length: 0\r\n\r\n".encode())

    server.replies["/f"] = Reply(send=send)
    assert answer(server.url("/f")).etag == ""


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_packed_feed_is_unpacked(server: FeedServer, encoding: str, pack: object) -> None:
    assert callable(pack)
    server.replies["/f"] = Reply(pack(FEED), headers={"Content-Encoding": encoding})
    assert answer(server.url("/f")).body == FEED


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_bomb_is_unpacked_no_further_than_the_cap(server: FeedServer, encoding: str, pack: object) -> None:
    assert callable(pack)
    server.replies["/f"] = Reply(pack(b"\0" * 50_000_000), headers={"Content-Encoding": encoding})
    tracemalloc.start()
    assert trouble(server.url("/f")).message_key == "feeds.too_big"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * MOST_BYTES


def test_an_encoding_that_was_not_asked_for_is_refused(server: FeedServer) -> None:
    twice = gzip.compress(gzip.compress(FEED))
    for encoding in ("br", "gzip, gzip", "zstd"):
        server.replies["/f"] = Reply(twice, headers={"Content-Encoding": encoding})
        assert trouble(server.url("/f")).message_key == "feeds.strange_encoding"


def test_an_endless_body_ends_at_the_cap(server: FeedServer) -> None:
    sent = 0

    def send(line: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        line.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\n\r\n")
        while not server.stopping.is_set():
            line.wfile.write(b" " * 65_536)
            sent += 65_536

    server.replies["/f"] = Reply(send=send)
    assert trouble(server.url("/f")).message_key == "feeds.too_big"
    assert sent < 10 * MOST_BYTES


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n<feed>"])
def test_a_server_that_drips_is_left_at_the_deadline(server: FeedServer, head: bytes) -> None:
    """No single read takes long, so only a deadline round all of it helps: somebody else breaks the connection off."""

    def send(line: BaseHTTPRequestHandler) -> None:
        line.wfile.write(head)
        while not server.stopping.wait(0.05):
            line.wfile.write(b"x")

    server.replies["/f"] = Reply(send=send)
    began = time.monotonic()
    call = Call(began + 0.4)
    timer = Timer(0.4, call.break_off)
    timer.start()
    with pytest.raises(Trouble) as refused:
        fetch(Ask("obec", server.url("/f")), LOOPBACK, call)
    timer.join()
    call.close()
    assert refused.value.message_key == "feeds.too_slow"
    assert time.monotonic() - began < 5


def test_a_server_that_says_nothing_is_left(server: FeedServer) -> None:
    server.replies["/f"] = Reply(send=lambda line: server.stopping.wait(5))
    assert trouble(server.url("/f"), seconds=0.2).message_key == "feeds.too_slow"


def test_a_redirect_is_followed_so_far_and_no_further(server: FeedServer) -> None:
    for number in range(6):
        server.replies[f"/{number}"] = Reply(status=301, headers={"Location": f"/{number + 1}"})
    server.replies["/4"] = Reply(FEED)
    assert answer(server.url("/0")).url == server.url("/4")
    server.replies["/4"], server.replies["/5"] = Reply(status=301, headers={"Location": "/5"}), Reply(FEED)
    assert trouble(server.url("/0")).message_key == "feeds.redirected_on"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://obec.example.org/f", "http://a@b.example.org/"])
def test_a_redirect_leads_to_the_web_alone(server: FeedServer, location: str) -> None:
    server.replies["/f"] = Reply(status=302, headers={"Location": location})
    assert trouble(server.url("/f")).message_key == "feeds.redirected_astray"


def test_a_redirect_does_not_leave_encryption_behind() -> None:
    url = "https://obec.example.org/f"
    assert following(url, "/g") == "https://obec.example.org/g"
    with pytest.raises(Trouble) as told:
        following(url, "http://obec.example.org/f")
    assert told.value.message_key == "feeds.redirected_astray"


def test_a_feed_over_tls_is_read_from_whom_its_certificate_names(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with feed_server(context) as secure, authority.cert_pem.tempfile() as trusted:
        secure.replies["/f"] = Reply(FEED)
        url = secure.url("/f", "localhost").replace("http:", "https:")
        assert trouble(url).message_key == "feeds.certificate"
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", trusted)
        assert answer(url).body == FEED
        assert trouble(url.replace("localhost", "127.0.0.1")).message_key == "feeds.certificate"


def test_a_cookie_is_not_sent_back(server: FeedServer) -> None:
    server.replies["/f"] = Reply(status=302, headers={"Location": "/g", "Set-Cookie": "kdo=my; Path=/"})
    server.replies["/g"] = Reply(FEED)
    answer(server.url("/f"))
    assert "cookie" not in server.asked[1][1]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "99999999999"}, 86_400.0),
        ({"Retry-After": "Sun, 22 Nov 2026 12:10:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 600.0),
        ({"Retry-After": "zítra"}, None),
    ],
)
def test_a_server_that_refuses_says_when_to_come_again(
    server: FeedServer, headers: dict[str, str], seconds: float | None
) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def send(line: BaseHTTPRequestHandler) -> None:
        line.wfile.write(f"HTTP/1.1 503 Busy\r\n{head}Content-Length: 0\r\n\r\n".encode())

    server.replies["/f"] = Reply(send=send)
    told = trouble(server.url("/f"))
    assert (told.message_key, told.again_after) == ("feeds.refused", seconds)
    assert "503" in str(told)


def test_what_is_no_answer_is_a_trouble(server: FeedServer) -> None:
    for said in (b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<feed>"):
        server.replies["/f"] = Reply(send=lambda line, said=said: line.wfile.write(said))  # type: ignore[misc]
        assert trouble(server.url("/f")).message_key in ("feeds.broken_answer", "feeds.no_connection")
    server.replies["/f"] = Reply(gzip.compress(FEED)[:-12], headers={"Content-Encoding": "gzip"})
    assert trouble(server.url("/f")).message_key == "feeds.cut_off"


def test_nobody_there_is_a_trouble() -> None:
    with feed_server() as gone:
        url = gone.url("/f")
    assert trouble(url).message_key == "feeds.no_connection"
