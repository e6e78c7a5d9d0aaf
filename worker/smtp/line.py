"""One open connection to a relay: its wire and what is said on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from worker.messages import say
from worker.settings import Relay
from worker.smtp.carrier import Refused, Ticketed
from worker.smtp.features import objection
from worker.smtp.opening import Opened, why
from worker.smtp.pipe import Broken, Pipe, Task
from worker.smtp.wire import TooLate, Wire

STALE = 0.05
"""Seconds after which an idle connection is looked at before it is used: the relay may have closed it."""


class Line:
    """Carries one message at a time, and the next one's envelope behind its dot. Raises Broken when it cannot."""

    __slots__ = ("_since", "fresh", "pipe", "relay", "watched", "wire")

    def __init__(self, relay: Relay, opened: Opened, patience: float, tell: Callable[[Ticketed], None]) -> None:
        self.relay = relay
        self.wire = Wire(opened.socket)
        self.pipe = Pipe(opened.features, patience, tell)
        self.fresh = True
        """Nothing was ever asked on it, and it has not stood open: if it breaks, the relay is not well."""
        self.watched = 0
        """The events that the selector is to tell."""
        self._since = monotonic()

    def begin(self, task: Task, now: float) -> None:
        """Begin an envelope; the line is free."""
        self.fresh = not self.pipe.used and now - self._since <= STALE
        if now - self._since > STALE:
            self.turn(now)
        self._write((self.pipe.begin(task, now),), now)

    def finish(self, text: Sequence[bytes], then: Task | None, now: float, before: float) -> None:
        """Send the text of the task that is ready, its dot before that time only, and begin `then` behind it."""
        self.fresh = False
        pieces = self.pipe.finish(text, then, now)
        self.wire.guard(self.pipe.dot_at, before)
        self._write(pieces, now)

    def turn(self, now: float) -> None:
        """Send on what has waited, and take in what has come."""
        if self.wire.waits:
            self._write((), now)
        try:
            data = self.wire.read()
        except OSError as error:
            raise self._lost(error) from error
        if data:
            self._hear(data, now)

    def objects(self, task: Task) -> Refused | None:
        """What is told of a task that must not be begun here."""
        reply = objection(task.envelope, self.pipe.features)
        return Refused(task.envelope.ticket, reply) if reply is not None else None

    def silent(self) -> Broken:
        """The time for an answer is over."""
        return Broken(None, say("smtp.silent"), trouble=self.pipe.dotted is None)

    def dot_left(self) -> bool:
        """Whether the relay may have the dot that was sent last."""
        return self.pipe.left(self.wire.gone)

    def rest(self, now: float) -> None:
        """Nothing is asked of it for now."""
        self._since = now

    def say_goodbye(self) -> None:
        """QUIT; its answer is not needed. Raises OSError."""
        self.wire.write((b"QUIT\r\n",))

    def _write(self, pieces: Sequence[bytes], now: float) -> None:
        try:
            self.wire.write(pieces)
        except TooLate as error:
            raise Broken(None, str(error), trouble=False, late=True) from error
        except OSError as error:
            # A relay that refuses in the middle of the text and hangs up has given its answer before.
            self._last_words(now)
            raise self._lost(error) from error
        self.pipe.sent(self.wire.gone, now)

    def _last_words(self, now: float) -> None:
        try:
            data = self.wire.read()
        except OSError:
            return
        self.pipe.heard(data, self.wire.gone, now)

    def _hear(self, data: bytes, now: float) -> None:
        answer = self.pipe.heard(data, self.wire.gone, now)
        if answer:
            self._write((answer,), now)

    def _lost(self, error: OSError) -> Broken:
        return Broken(None, why(error), trouble=False)
