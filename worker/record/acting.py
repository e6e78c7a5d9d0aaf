"""From where a person acts, and why she says she does: told once at the edge, written with all that comes of it.

A page and a command do the same by the same functions; what tells them apart in the record is said here alone, as the
language is (`messages.speaking`). It holds for this thread or task. Nothing is added to what nobody did.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_whence: ContextVar[str] = ContextVar("whence", default="")
_why: ContextVar[str] = ContextVar("why", default="")


def comes_from(whence: str) -> None:
    """From here on a person acts from `whence`: `command`, or `page 192.0.2.7`. The edge lets go of it by `apart`."""
    _whence.set(whence)


@contextmanager
def apart() -> Iterator[None]:
    """What is said inside the block of whoever acts is over with it."""
    whence, why = _whence.set(""), _why.set("")
    try:
        yield
    finally:
        _whence.reset(whence)
        _why.reset(why)


@contextmanager
def because(why: str) -> Iterator[None]:
    """What she does inside the block is done for this reason, in her words; empty where she gave none."""
    before = _why.set(why)
    try:
        yield
    finally:
        _why.reset(before)


def facts(person: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """What is to be written beside `known` about an act of `person`; nothing of what it says itself."""
    if person is None:
        return {}
    found = {}
    if (whence := _whence.get()) and "whence" not in known:
        found["whence"] = whence
    if (why := _why.get()) and "comment" not in known:
        found["comment"] = why
    return found
