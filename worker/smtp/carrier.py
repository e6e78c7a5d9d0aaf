"""How a sender hands over many messages at once: what it asks of a carrier, and what a carrier tells it.

The sender begins envelopes while there is room. When the relay is ready for a message's text, the sender commits its
intent and only then finishes it. Everything that happens is told by `wait`; nothing is raised.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from worker.smtp.replies import Reply

AWAKE_AND_ASLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that goes on while the machine sleeps (Linux: clock_gettime(2); elsewhere the monotonic one does)."""


class Envelope(NamedTuple):
    """Whom a message goes to. Addresses are as they stand on the wire; `ticket` names it among those under way.

    `smtputf8`: an address is not ASCII (RFC 6531); `size` is the message's in bytes, 0 when it is not told
    (RFC 1870).
    """

    ticket: int
    sender: str
    recipient: str
    smtputf8: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """The relay waits for the text (354): the intent may be committed now, the text sent after that.

    The connection may still break before the text is sent: `Unsent` follows then, and `finish` does nothing.
    """

    ticket: int


@dataclass(frozen=True, slots=True)
class Refused:
    """5xx to RCPT, DATA or the dot, or one that is the message's fault: final for this recipient."""

    ticket: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Deferred:
    """4xx to RCPT, DATA or the dot: try again later."""

    ticket: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Accepted:
    """2xx to the dot: the relay has taken responsibility for the message."""

    ticket: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Unsent:
    """The last byte of the dot never left: as if it had never been tried."""

    ticket: int
    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The dot left and no answer that means anything came: the relay may or may not have the message."""

    ticket: int
    why: str


@dataclass(frozen=True, slots=True)
class Down:
    """No relay can be used now; comes after the last happening of every ticket. `reply` is None if nothing was said.

    The carrier may be used again at once, and then tries every relay anew.
    """

    reply: Reply | None
    why: str


Ticketed = Ready | Refused | Deferred | Accepted | Unsent | Unknown
Happening = Ticketed | Down


class Carrier(Protocol):
    """Many messages under way at once, for one thread. Each ticket ends in one of Refused … Unknown, or `abandon`."""

    def room(self) -> int:
        """How many envelopes it would begin now."""

    def begin(self, envelope: Envelope) -> None:
        """Ask for MAIL, RCPT and DATA. The ticket must not be under way."""

    def finish(
        self, ticket: int, text: Sequence[bytes], then: Envelope | None = None, *, before: float | None = None
    ) -> None:
        """Send the text and the final dot, once, after `Ready`, the intent committed.

        `text`, in pieces, has CRLF line ends, the last line's too, is dot-stuffed and lacks the final dot. `then` is
        begun on the same connection behind the dot, where the relay allows it in the same write (RFC 2920 §3.1).
        `before` (AWAKE_AND_ASLEEP, seconds): from then on the dot may not leave any more; the message is `Unsent` then.
        """

    def abandon(self, ticket: int) -> None:
        """Leave a begun envelope without its dot; nothing more is told about it."""

    def wait(self, seconds: float) -> list[Happening]:
        """What happened, in order; returns with the first of it, or with nothing when `seconds` have passed."""

    def close(self) -> None:
        """Take leave of every relay that still listens. Nothing may be under way; a later `begin` opens anew."""
