"""A picture at an address of the web: fetched through the guard, every step of a redirect anew."""

from __future__ import annotations

import time
from urllib.parse import urljoin, urlsplit

from worker.errors import HlasatelError
from worker.outbound.exchange import NotSent, TooLong, exchange
from worker.outbound.guard import Guard

SECONDS = 15.0
"""For all of it."""
MOST_BYTES = 4_000_000
MOST_STEPS = 4
TYPES = frozenset({"image/jpeg", "image/png"})
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})


class NoPicture(HlasatelError):
    """What is at the address is no picture that can be used. What it says: an HTTP status, or what is there instead."""


def fetch(address: str, guard: Guard) -> tuple[str, bytes]:
    """Its media type and bytes. Raises NoPicture, or NotSent and Broken of `exchange` for what may pass."""
    end = time.monotonic() + SECONDS
    for _ in range(MOST_STEPS):
        if (left := end - time.monotonic()) <= 0:
            raise NotSent("Timeout")
        try:
            reply = exchange("GET", address, guard, left, most=MOST_BYTES)
        except TooLong:
            raise NoPicture(f"> {MOST_BYTES // 1_000_000} MB") from None
        if reply.status in _ELSEWHERE and "location" in reply.headers:
            address = _onward(address, reply.headers["location"])
            continue
        if reply.status >= 500:
            raise NotSent(f"HTTP {reply.status}")
        media_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if reply.status != 200 or media_type not in TYPES:
            raise NoPicture(f"HTTP {reply.status}, {media_type or '?'}"[:80])
        return media_type, reply.body
    raise NoPicture("redirects")


def _onward(address: str, location: str) -> str:
    try:
        there = urljoin(address, location)
        if urlsplit(there).scheme in ("http", "https"):
            return there
    except ValueError:
        pass
    raise NoPicture("redirects")
