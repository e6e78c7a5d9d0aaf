"""One relay as the carrier sees it: the connections open to it, and whether it can be used."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from math import inf

from worker.settings import Relay
from worker.smtp.line import Line
from worker.smtp.opening import Opening
from worker.smtp.tokens import Tokens

REST = 300.0
"""Seconds for which a relay that gave trouble is not tried again while there is another."""
OPENED_AT_ONCE = 8


class Route:
    """The lines to one relay. `until` is when it may be used again; `most` how many lines it bears for now."""

    def __init__(self, relay: Relay, connections: int, patience: float) -> None:
        self.relay = relay
        self.lines: set[Line] = set()
        self.idle: list[Line] = []
        self.openings: set[Opening] = set()
        self.until = 0.0
        self.local_name: str | None = None
        self._patience = patience
        self._connections = self.most = connections
        self._fewer_until = 0.0
        self._tokens = Tokens(relay.tokens) if relay.tokens is not None else None
        self._context: ssl.SSLContext | None = None

    def room(self, now: float) -> int:
        """How many envelopes could be on their way, besides those that are.

        A line that waits for what is left to answer to a refused one counts: nobody else may be under way by then.
        """
        if now >= self._fewer_until:
            self.most = self._connections
        return max(0, self.most - len(self.lines)) + sum(line.pipe.unoccupied for line in self.lines)

    def wanting(self, tasks: int) -> int:
        """How many more connections to open for so many tasks.

        The first one alone: a relay that is down or refuses the password is asked once, not sixteen times.
        """
        wanted = min(tasks, OPENED_AT_ONCE, self.most - len(self.lines)) - len(self.openings)
        return wanted if self.lines else min(wanted, 1 - len(self.openings))

    def open(self, done: Callable[[Opening], None]) -> None:
        """Begin to open one more connection."""
        if self._context is None and self.relay.tls != "none":
            self._context = ssl.create_default_context()
        opening = Opening(
            self.relay, self._tokens, self._context,
            local_name=self.local_name, patience=self._patience, done=done,
        )  # fmt: skip
        self.openings.add(opening)
        opening.start()

    def narrow(self, now: float) -> bool:
        """A connection could not be opened: whether the relay bears those that are open, and for a while no more."""
        if self._tokens is not None:
            self._tokens.forget()
        if not self.lines and not self.openings:
            return False
        self.most = len(self.lines) + len(self.openings)
        self._fewer_until = now + REST * self._patience
        return True

    def fail(self, now: float) -> None:
        """The relay cannot be used: what is being opened is given up; lines under way go on to their end."""
        self.until = now + REST * self._patience
        self._fewer_until = -inf
        for opening in self.openings:
            opening.cancel()
        self.openings.clear()
