"""What wakes the carrier: its connections, and the threads that open them."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from queue import Empty, SimpleQueue

from worker.smtp.opening import Opening


class Events:
    """A selector whose keys carry their line; the one without a line tells that openings have come to their end."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self._opened: SimpleQueue[Opening] = SimpleQueue()
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self.selector.register(self._woken, selectors.EVENT_READ, None)

    def done(self, opening: Opening) -> None:
        """An opening has come to its end; called from its thread."""
        self._opened.put(opening)
        with suppress(OSError):  # closed meanwhile: nobody waits for it any more
            self._wake.send(b"!")

    def opened(self) -> list[Opening]:
        """Those that have come to their end since it was asked last."""
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        found = []
        with suppress(Empty):
            while True:
                found.append(self._opened.get_nowait())
        return found

    def close(self) -> None:
        """Watch nothing any more."""
        self.selector.close()
        self._wake.close()
        self._woken.close()
