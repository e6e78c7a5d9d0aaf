"""One message after the other, each waited for: what the mails to the people who run the plan are sent with."""

from __future__ import annotations

from typing import NoReturn

from worker.settings import Relay
from worker.smtp.carrier import Accepted, Deferred, Down, Envelope, Happening, Ready, Refused, Unknown
from worker.smtp.relays import RelayCarrier
from worker.smtp.replies import MessageDeferred, MessageRefused, OutcomeUnknown, RelayUnusable, Reply
from worker.smtp.stuffing import stuffed

_TICKET = 0
_TURN = 60.0


class SmtpConnection:
    """One connection to the relay or its fallback, opened when first used. Not for two threads at once."""

    def __init__(self, relay: Relay, local_name: str | None = None, *, patience: float = 1.0) -> None:
        self._carrier = RelayCarrier(relay, 1, patience=patience, local_name=local_name)

    def begin(self, sender: str, recipient: str) -> None:
        """MAIL, RCPT and DATA up to the relay's 354. Raises RelayUnusable, MessageRefused or MessageDeferred.

        A relay may hang up without a word after so many messages; a connection that was open already is then opened
        anew once. A 421 is a word: it asks for a pause.
        """
        utf8 = not (sender + recipient).isascii()
        self._carrier.begin(Envelope(_TICKET, sender, recipient, utf8))
        happened = self._outcome()
        if not isinstance(happened[0], Ready):
            _fail(happened)

    def finish(self, data: bytes, recipient: str) -> Reply:
        """Send the text and the final dot; the relay's acceptance. Call only after `begin`, once, intent committed.

        `data` is the message with CRLF line ends, not yet dot-stuffed. Raises like `begin`, and OutcomeUnknown.
        """
        self._carrier.finish(_TICKET, (stuffed(data),))
        happened = self._outcome()
        if isinstance(happened[0], Accepted):
            return happened[0].reply
        _fail(happened)

    def abandon(self) -> None:
        """Leave a begun envelope without its dot. The relay discards it when the connection closes."""
        self._carrier.abandon(_TICKET)

    def close(self) -> None:
        """Say QUIT if the relay still listens, and close."""
        self._carrier.close()

    def _outcome(self) -> list[Happening]:
        while not (happened := self._carrier.wait(_TURN)):
            pass  # the carrier's own deadlines end this
        return happened


def _fail(happened: list[Happening]) -> NoReturn:
    """Raise what the first happening means; what is told of the relay itself comes with it."""
    first = happened[0]
    down = next((each for each in happened if isinstance(each, Down)), None)
    match first:
        case Refused():
            raise MessageRefused(first.reply, str(first.reply))
        case Deferred() if down is None:
            raise MessageDeferred(first.reply, str(first.reply))
        case Unknown():
            raise OutcomeUnknown(None, first.why)
    if down is not None:
        raise RelayUnusable(down.reply, down.why)
    raise RelayUnusable(None, getattr(first, "why", ""))
