"""SIGTERM and SIGINT ask for an end; what is under way is finished first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """An event that is set by either signal while the block runs.

    The HTTP server catches the same signals and raises them once more when it has ended; without a handler of ours
    that would kill the process before the message under way is written down.
    """
    stopping = Event()

    def ask(_number: int, _frame: Any) -> None:
        stopping.set()

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
