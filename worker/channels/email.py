"""E-mail over SMTP: where mails are handed over, one after the other (`Outlet`) or many at once (`Carrier`).

Real ones are in `worker/smtp`; here is the channel's sink, which leads nowhere, for plans that are only rehearsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.smtp.carrier import Accepted, Carrier, Envelope, Happening, Ready
from worker.smtp.relays import RelayCarrier
from worker.smtp.replies import MessageDeferred, MessageRefused, OutcomeUnknown, RelayUnusable, Reply, SmtpError
from worker.smtp.single import SmtpConnection
from worker.smtp.stuffing import unstuffed

__all__ = [
    "Carrier",
    "MessageDeferred",
    "MessageRefused",
    "OutcomeUnknown",
    "Outlet",
    "RelayCarrier",
    "RelayUnusable",
    "Reply",
    "Sink",
    "SinkCarrier",
    "SmtpConnection",
    "SmtpError",
    "Taken",
]

_KEPT = Reply(250, "kept")


class Outlet(Protocol):
    """Where mails are handed over, one after the other: `begin`, then `finish` or `abandon`; `close` at the end."""

    def begin(self, sender: str, recipient: str) -> None: ...

    def finish(self, data: bytes, recipient: str) -> Reply: ...

    def abandon(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Taken:
    """A mail that a sink has taken: its envelope's recipient and its bytes."""

    recipient: str
    data: bytes


class Sink:
    """An outlet that leads nowhere: it accepts every mail and keeps it until it is emptied. It opens no connection."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []

    def begin(self, sender: str, recipient: str) -> None:
        """Nobody is refused."""

    def finish(self, data: bytes, recipient: str) -> Reply:
        self._taken.append(Taken(recipient, data))
        return _KEPT

    def abandon(self) -> None:
        """There is no envelope to leave."""

    def close(self) -> None:
        """There is no connection to end; what was taken stays."""

    def empty(self) -> list[Taken]:
        """What was taken since it was last emptied, oldest first."""
        taken, self._taken = self._taken, []
        return taken


class SinkCarrier:
    """A carrier that leads to a sink; nothing in it takes any time."""

    MOST = 32

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._begun: dict[int, Envelope] = {}
        self._happened: list[Happening] = []

    def room(self) -> int:
        return self.MOST - len(self._begun)

    def begin(self, envelope: Envelope) -> None:
        self._begun[envelope.ticket] = envelope
        self._happened.append(Ready(envelope.ticket))

    def finish(
        self, ticket: int, text: Sequence[bytes], then: Envelope | None = None, *, before: float | None = None
    ) -> None:
        reply = self._sink.finish(unstuffed(b"".join(text)), self._begun.pop(ticket).recipient)
        self._happened.append(Accepted(ticket, reply))
        if then is not None:
            self.begin(then)

    def abandon(self, ticket: int) -> None:
        self._begun.pop(ticket, None)
        self._happened = [each for each in self._happened if each != Ready(ticket)]

    def wait(self, seconds: float) -> list[Happening]:
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        """There is no connection to end."""
