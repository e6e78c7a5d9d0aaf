"""A visitor who writes requests by hand, and what tells whether anything came of them."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from worker.office import Office
from worker.web.guard import HEADERS

POLICY = "content-security-policy"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Visitor:
    """Comes from another address each time, by the office's own proxy, so that nothing is answered 429 alone."""

    office: Office
    cookie: str = ""
    asked: int = field(default=0, init=False)

    def ask(self, method: str, path: str, content_type: str = "", body: bytes = b"", more: str = "") -> Answer:
        """The answer to one request; AssertionError when it is a defect, or an answer without its guards."""
        self.asked += 1
        here = urlsplit(self.office.settings.base_url)
        lines = [
            f"{method} {path} HTTP/1.1", f"Host: {here.netloc}", "Connection: close", more,
            f"X-Forwarded-For: 10.{self.asked >> 16}.{self.asked >> 8 & 255}.{self.asked & 255}",
            f"Cookie: {self.cookie}" if self.cookie else "", f"Content-Type: {content_type}" if content_type else "",
            f"Content-Length: {len(body)}" if method == "POST" else "",
        ]  # fmt: skip
        head = "\r\n".join(filter(None, lines)) + "\r\n\r\n"
        answer = parsed(raw(self.office, head.encode("latin-1") + body))
        told = f"{method} {path[:200]} {content_type} {body[:200]!r} -> {answer.status}"
        assert 200 <= answer.status < 500, told
        assert "Traceback" not in answer.body and "Internal Server Error" not in answer.body, told
        missing = [name for name in HEADERS if name.lower() not in answer.headers]
        assert not missing, f"{told}: no {missing}"
        assert "frame-ancestors" in answer.headers[POLICY] or "sandbox" in answer.headers[POLICY], told
        return answer


def raw(office: Office, request: bytes, seconds: float = 20) -> bytes:
    """Everything that comes back until the connection is closed."""
    here = urlsplit(office.settings.base_url)
    assert here.hostname and here.port
    with socket.create_connection((here.hostname, here.port), timeout=seconds) as connection:
        with suppress(OSError):  # refused before it was whole
            connection.sendall(request)
        return _read(connection)


def _read(connection: socket.socket) -> bytes:
    answer = b""
    with suppress(ConnectionResetError):  # closed while we still sent
        while piece := connection.recv(65536):
            answer += piece
    return answer


def parsed(answer: bytes) -> Answer:
    head, _, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def routes_of(app: Starlette) -> Iterator[tuple[str, str]]:
    """Method and path of everything that is answered."""
    yield from _routes(app.routes)


def _routes(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _routes(list(route.routes))
        elif isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield method, route.path


def filled(path: str, words: Iterator[str]) -> str:
    """A route's path with something in place of each of its parts."""
    return re.sub(r"\{[^}]*\}", lambda _: next(words), path)


@contextmanager
def nothing_changes(office: Office) -> Iterator[None]:
    """SQLite counts every commit that changed a page; whoever looks from another connection sees the count."""
    file = office.database.file
    assert file is not None
    watch = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        before = _version(watch)
        yield
        assert _version(watch) == before, "something was written"
    finally:
        watch.close()


def _version(watch: sqlite3.Connection) -> int:
    return int(watch.execute("PRAGMA data_version").fetchone()[0])
