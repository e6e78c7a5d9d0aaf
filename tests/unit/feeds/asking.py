"""Asks one feed of a server on loopback, which tests let through the guard as an office's own network."""

from __future__ import annotations

import time

import pytest

from worker.feeds.fetch import Answer, Ask, fetch
from worker.outbound.call import Call
from worker.outbound.guard import Guard
from worker.outbound.trouble import Trouble

LOOPBACK = Guard.letting(["127.0.0.0/8"])


def answer(
    url: str, *, guard: Guard = LOOPBACK, seconds: float = 5.0, etag: str = "", last_modified: str = ""
) -> Answer:
    call = Call(time.monotonic() + seconds)
    try:
        return fetch(Ask("obec", url, etag, last_modified), guard, call)
    finally:
        call.close()


def trouble(url: str, *, guard: Guard = LOOPBACK, seconds: float = 5.0) -> Trouble:
    with pytest.raises(Trouble) as refused:
        answer(url, guard=guard, seconds=seconds)
    return refused.value
