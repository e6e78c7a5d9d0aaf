"""What the relay offers, and which envelopes can be put to it at all."""

from __future__ import annotations

from dataclasses import dataclass

from worker.messages import say
from worker.smtp.carrier import Envelope
from worker.smtp.replies import Reply

_TOO_BIG = 552
_NO_SUCH_ADDRESS = (550, 553, 555)


@dataclass(frozen=True, slots=True)
class Features:
    """What the relay offered to EHLO, of what matters here."""

    pipelining: bool = False
    size: bool = False
    smtputf8: bool = False


def objection(envelope: Envelope, features: Features) -> Reply | None:
    """Why this envelope must not be put into commands, or cannot with what the relay offers; None when it may."""
    both = envelope.sender + envelope.recipient
    if not both.isascii():
        if not envelope.smtputf8:
            return Reply(0, say("smtp.bad_address"))
        if not features.smtputf8:
            return Reply(0, say("smtp.no_smtputf8"))
    # A line end in an address would be a command of somebody else's making.
    if not both.isprintable() or " " in both or "<" in both or ">" in both:
        return Reply(0, say("smtp.bad_address"))
    return None


def is_about_the_message(envelope: Envelope, code: int, text: bytes) -> bool:
    """Whether a refused MAIL is about the message: its size (RFC 1870 §6.1), or an address in UTF-8 (RFC 6531 §3.5)."""
    if code == _TOO_BIG or text.startswith(b"5.3.4"):
        return True
    return envelope.smtputf8 and (code in _NO_SUCH_ADDRESS or text.startswith(b"5.6.7"))
