"""A sender for the carrier's tests: begins, finishes whatever is ready, and keeps what it was told."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Self, TypeVar

from worker.settings import Relay, parse_smtp_url
from worker.smtp.carrier import Down, Envelope, Happening, Ready
from worker.smtp.relays import RelayCarrier

TEXT = b"Subject: x\r\n\r\nend\r\n"
LARGE = b"Subject: x\r\n\r\n" + (b"a" * 70 + b"\r\n") * 200_000  # more than the buffers of a loopback connection hold
LONG = 20.0

Kind = TypeVar("Kind", bound=Happening)


def envelope(ticket: int, *, recipient: str | None = None, smtputf8: bool = False) -> Envelope:
    """To a recipient of its own."""
    return Envelope(ticket, "tisk@kraj.example.org", recipient or f"r{ticket}@noviny.example.org", smtputf8)


class Desk:
    """Sends over a carrier of its own; `happened` are happenings that nobody has asked for yet."""

    def __init__(
        self, relay: Relay | str, connections: int, *, fallback: str | None = None, patience: float = 1.0
    ) -> None:
        relay = parse_smtp_url(relay) if isinstance(relay, str) else relay
        if fallback is not None:
            relay = replace(relay, fallback=parse_smtp_url(fallback))
        self.carrier = RelayCarrier(relay, connections, patience=patience, local_name="hlasatel.example.org")
        self.happened: list[Happening] = []
        self.told: list[Happening] = []
        self._ready: int | None = None
        self._open: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.carrier.close()

    def begin(self, ticket: int, *, recipient: str | None = None, smtputf8: bool = False) -> None:
        self._open.add(ticket)
        self.carrier.begin(envelope(ticket, recipient=recipient, smtputf8=smtputf8))

    def send(self, ticket: int, text: bytes = TEXT) -> list[Happening]:
        """One whole message; everything that happened but its being ready."""
        self.begin(ticket)
        return self.drain(text)

    def drain(self, text: bytes = TEXT) -> list[Happening]:
        """Finish whatever gets ready until every ticket has its outcome; the outcomes, and Down."""
        outcomes: list[Happening] = []
        until = monotonic() + LONG
        while self._open:
            assert monotonic() < until, "nothing happens any more"
            for each in self._wait():
                if isinstance(each, Ready):
                    self.carrier.finish(each.ticket, [text])
                else:
                    outcomes.append(each)
        return outcomes

    def follow(self, ticket: int) -> None:
        """Begin a message behind the dot of the one that is ready; the first one begins alone."""
        if self._ready is None:
            self.begin(ticket)
        else:
            self._open.add(ticket)
            self.carrier.finish(self._ready, [TEXT], envelope(ticket))
        self._ready = None
        until = monotonic() + LONG
        while self._ready is None and self._open:
            assert monotonic() < until, "nothing happens any more"
            for each in self._wait():
                if isinstance(each, Ready):
                    self._ready = each.ticket

    def outcomes(self) -> dict[int, type]:
        """Finish the one that is ready; what became of every message."""
        if self._ready is not None:
            self.carrier.finish(self._ready, [TEXT])
        self.drain()
        return {each.ticket: type(each) for each in self.told if not isinstance(each, Ready | Down)}

    def told_kinds(self) -> set[type]:
        return set(map(type, self.told))

    def wait_for(self, kind: type[Kind]) -> Kind:
        """The next happening of this kind; the others are kept."""
        until = monotonic() + LONG
        while True:
            for each in self.happened:
                if isinstance(each, kind):
                    self.happened.remove(each)
                    return each
            assert monotonic() < until, f"no {kind.__name__} came"
            self.happened += self._wait()

    def _wait(self) -> list[Happening]:
        happened = self.carrier.wait(0.5)
        self.told += happened
        self._open -= {each.ticket for each in happened if not isinstance(each, Ready | Down)}
        return happened
