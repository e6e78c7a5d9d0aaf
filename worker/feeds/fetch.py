"""One feed from its server: redirects followed by ourselves, everything capped, nothing waited for past a deadline."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from worker.outbound.call import PATIENCE, Call
from worker.outbound.guard import Guard
from worker.outbound.trouble import Trouble

if TYPE_CHECKING:
    import requests

MOST_BYTES = 2_000_000
"""Of a body, as sent and as decoded; the feeds of a town have a tenth of it."""
MOST_REDIRECTS = 4
LONGEST_WAIT = 86_400.0
"""Seconds that a server's `Retry-After` may ask for."""
_PIECE = 65_536


@dataclass(frozen=True)
class Ask:
    """What to ask for. `etag` and `last_modified` are those of the answer before; empty without one."""

    feed: str
    url: str
    etag: str = ""
    last_modified: str = ""
    agent: str = "Hlasatel"


@dataclass(frozen=True)
class Answer:
    """What came; `body` is decoded, and None where nothing changed (RFC 9110 §15.4.5). `url` is where it came from."""

    url: str
    body: bytes | None
    content_type: str
    etag: str
    last_modified: str


def fetch(ask: Ask, guard: Guard, call: Call) -> Answer:
    """What the feed's server answers, redirects followed. Trouble when that is nothing we take."""
    import requests  # only where something is read: most ticks read nothing
    import urllib3

    from worker.outbound.line import session

    try:
        with session(guard, call) as asking:
            return _follow(asking, ask, call)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, zlib.error) as error:
        raise _told(error, ask, call) from error
    except AttributeError as error:
        # What urllib3 raises when a connection is broken off between its request and its answer: there is no socket.
        if not call.broken_off:
            raise
        raise Trouble(message_key="feeds.too_slow") from error


def _follow(asking: requests.Session, ask: Ask, call: Call) -> Answer:
    url = ask.url
    headers = {"User-Agent": ask.agent, "Accept-Encoding": "gzip, deflate"}
    headers["Accept"] = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
    if ask.etag:
        headers["If-None-Match"] = ask.etag
    if ask.last_modified:
        headers["If-Modified-Since"] = ask.last_modified
    for _ in range(MOST_REDIRECTS + 1):
        patience = min(PATIENCE, call.left())
        # Of a redirect only the way counts: its cookies are not kept (`line.session`), nor is anything sent along.
        with asking.get(url, headers=headers, timeout=patience, stream=True, allow_redirects=False) as answer:
            if answer.status_code in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                url = following(url, answer.headers["Location"])
                continue
            return _taken(answer, url, call)
    raise Trouble(message_key="feeds.redirected_on", most=MOST_REDIRECTS)


def following(url: str, location: str) -> str:
    """Where a redirect leads. Trouble for what is no web address, and for one that leaves encryption behind."""
    address = urljoin(url, location)
    parts = urlsplit(address)
    usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    if not usable or (urlsplit(url).scheme == "https" and parts.scheme != "https"):
        raise Trouble(message_key="feeds.redirected_astray", address=address[:100])
    return address


def _taken(answer: requests.Response, url: str, call: Call) -> Answer:
    validators = {name: _token(answer.headers.get(header, "")) for name, header in _VALIDATORS.items()}
    if answer.status_code == 304:
        return Answer(url, None, "", **validators)
    if answer.status_code != 200:
        again = _seconds(answer.headers)
        raise Trouble(message_key="feeds.refused", status=answer.status_code, again_after=again)
    body = _body(answer, call)
    return Answer(url, body, answer.headers.get("Content-Type", ""), **validators)


_VALIDATORS = {"etag": "ETag", "last_modified": "Last-Modified"}


def _token(text: str) -> str:
    """A validator that can be sent back as it is; none when it is longer than any honest one or not plain ASCII."""
    return text if len(text) <= 200 and text.isascii() and text.isprintable() else ""


def _body(answer: requests.Response, call: Call) -> bytes:
    """The body, decoded by ourselves: a few bytes of gzip may stand for gigabytes, and are unpacked no further than
    `MOST_BYTES`.
    """
    unpack = _unpacker(answer.headers.get("Content-Encoding", ""))
    body, sent = bytearray(), 0
    while piece := answer.raw.read1(_PIECE, decode_content=False):
        call.left()
        sent += len(piece)
        body += unpack.decompress(piece, MOST_BYTES + 1 - len(body)) if unpack else piece
        if sent > MOST_BYTES or len(body) > MOST_BYTES:
            raise Trouble(message_key="feeds.too_big", most=MOST_BYTES // 1_000_000)
    call.left()  # a connection that was broken off looks like an end
    if unpack and not unpack.eof:
        raise Trouble(message_key="feeds.cut_off")
    return bytes(body)


def _unpacker(encoding: str) -> zlib._Decompress | None:
    """None for a body sent as it is; Trouble for an encoding that was not asked for, several at once included."""
    named = encoding.strip().lower()
    if named in ("", "identity"):
        return None
    if named in ("gzip", "x-gzip"):
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    if named == "deflate":
        return zlib.decompressobj()
    raise Trouble(message_key="feeds.strange_encoding", encoding=named[:40])


def _seconds(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` asks for (RFC 9110 §10.2.3): seconds or a date; None when it says nothing that can be read."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        at, sent = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return min(max((_aware(at) - _aware(sent)).total_seconds(), 0.0), LONGEST_WAIT)


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _told(error: Exception, ask: Ask, call: Call) -> Trouble:
    """The trouble behind an error, which libraries wrap."""
    import requests

    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Trouble):
            return seen
        seen = seen.__cause__ or seen.__context__
    host = urlsplit(ask.url).hostname or ""
    if call.broken_off or isinstance(error, requests.Timeout | TimeoutError):
        return Trouble(message_key="feeds.too_slow")
    if isinstance(error, requests.exceptions.SSLError):
        return Trouble(message_key="feeds.certificate", host=host)
    if isinstance(error, requests.ConnectionError):
        return Trouble(message_key="feeds.no_connection", host=host)
    return Trouble(message_key="feeds.broken_answer", host=host)
