"""A request under way, which another thread may break off."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from worker.outbound.trouble import Trouble

PATIENCE = 4.0
"""Seconds without a byte."""


@dataclass
class Call:
    """Safe for two threads: one that asks and one that breaks off."""

    deadline: float
    """By `time.monotonic`."""
    broken_off: bool = False
    sending: bool = False
    """Whether a connection stood and something of a request went out on it."""
    _lines: list[socket.socket] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def hold(self, line: socket.socket) -> None:
        """Keep a hand on a connection: TLS takes the socket over, but a duplicate ends the same connection.

        Trouble when it was broken off while the connection was made.
        """
        with self._lock:
            self._lines.append(line.dup())
        self.left()

    def left(self) -> float:
        """Seconds until the deadline; Trouble when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0 or self.broken_off:
            raise Trouble(message_key="feeds.too_slow")
        return left

    def break_off(self) -> None:
        """End its connections, whatever they wait for."""
        with self._lock:
            self.broken_off = True
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections; the last thing done with a call, by whoever asked."""
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()
