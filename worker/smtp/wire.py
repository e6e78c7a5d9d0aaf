"""The socket of one connection, plain or TLS, that never blocks and counts what has left."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from math import inf
from time import clock_gettime

from worker.messages import say
from worker.smtp.carrier import AWAKE_AND_ASLEEP

_AT_ONCE = 65536
_PIECES = 1000
"""At once; Linux takes 1,024 (IOV_MAX)."""
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TooLate(OSError):
    """What should have left before a certain time must not leave any more."""


class Wire:
    """Bytes out and in. `gone` counts those the operating system has taken over; what waits behind them is kept."""

    __slots__ = ("_before", "_guarded", "_rest", "_scatters", "_socket", "gone")

    def __init__(self, opened: socket.socket) -> None:
        opened.setblocking(False)
        # Without it the last piece of a text waits until the relay has confirmed the pieces before (RFC 896).
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = opened
        self._scatters = not isinstance(opened, ssl.SSLSocket)
        self._rest: Sequence[bytes | memoryview] = ()
        self.gone = 0
        self._guarded, self._before = 0, inf

    def fileno(self) -> int:
        """What a selector watches."""
        return self._socket.fileno()

    @property
    def waits(self) -> bool:
        """Whether bytes are left that the operating system would not take yet."""
        return bool(self._rest)

    def guard(self, until: int, before: float) -> None:
        """The bytes up to `until` in all may leave before that time only (AWAKE_AND_ASLEEP, seconds)."""
        self._guarded, self._before = until, before

    def write(self, pieces: Sequence[bytes]) -> None:
        """Send `pieces`, or as much as goes now. Raises OSError when the connection is broken, or TooLate."""
        self._rest = (*self._rest, *pieces) if self._rest else pieces
        self.flush()

    def flush(self) -> None:
        """Send on what is left. Raises OSError when the connection is broken, or TooLate."""
        while self._rest:
            # Right before each of them: a process can be stopped, or its machine sleep, between any two.
            if self.gone < self._guarded and clock_gettime(AWAKE_AND_ASLEEP) >= self._before:
                raise TooLate(say("smtp.too_late"))
            try:
                taken = self._send()
            except _NOT_NOW:
                return
            self.gone += taken
            self._rest = _behind(self._rest, taken)

    def _send(self) -> int:
        """How many bytes went. The operating system gathers the pieces; TLS wants them as one."""
        if self._scatters:
            return self._socket.sendmsg(self._rest[:_PIECES])
        self._rest = (b"".join(self._rest),)
        return self._socket.send(self._rest[0])

    def read(self) -> bytes:
        """What has come, nothing if nothing has. Raises OSError when the connection is broken or was closed."""
        try:
            data = self._socket.recv(_AT_ONCE)
        except _NOT_NOW:
            return b""
        if not data:
            raise ConnectionResetError("closed by the relay")
        # What TLS has deciphered already wakes no selector.
        while isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            data += self._socket.recv(_AT_ONCE)
        return data

    def close(self) -> None:
        """Close at once; what is left is lost."""
        self._socket.close()


def _behind(pieces: Sequence[bytes | memoryview], taken: int) -> Sequence[bytes | memoryview]:
    """What is left of `pieces` behind their first `taken` bytes."""
    for number, piece in enumerate(pieces):
        if taken < len(piece):
            return (memoryview(piece)[taken:], *pieces[number + 1 :])
        taken -= len(piece)
    return ()
