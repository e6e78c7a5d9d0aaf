"""What a relay says, and the errors that a blocking exchange with it ends in."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_LIMIT = 500
"""Characters of a reply that are kept."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the relay: its code (RFC 5321 §4.2) and text, the recipient's address taken out.

    The code is 0 when we refused the message ourselves, before the relay could.
    """

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip() if self.code else self.text


class SmtpError(Exception):
    """A failed exchange; `reply` is what the relay said, None when it said nothing."""

    def __init__(self, reply: Reply | None, reason: str) -> None:
        super().__init__(reason)
        self.reply = reply


class RelayUnusable(SmtpError):
    """The relay cannot be used now (refused, 421, TLS, authentication, any refusal of EHLO or MAIL): pause."""


class MessageRefused(SmtpError):
    """5xx to RCPT or the dot: final for this recipient."""


class MessageDeferred(SmtpError):
    """4xx to RCPT, DATA or the dot: try again later."""


class OutcomeUnknown(SmtpError):
    """No answer that means anything came after the final dot: the relay may or may not have the message."""


def cleaned(raw: str, recipient: str = "") -> str:
    """A reply's text on one line; the recipient's address goes first, so that no part of it survives the cut."""
    text = raw if raw.isprintable() else "".join(each if each.isprintable() else " " for each in raw)
    text = " ".join(text.split())
    if recipient:
        text = _without(text, recipient)
    return text[:TEXT_LIMIT]


def _without(text: str, recipient: str) -> str:
    """`text` with every mention of the address replaced, upper or lower case. No pattern is built for each address."""
    wanted = recipient.lower()
    folded = text.lower()
    if wanted not in folded:
        return text
    if len(folded) != len(text):  # a letter whose lower case is longer: positions do not agree, so the rest goes lower
        text = folded
    parts, start = [], 0
    while (at := folded.find(wanted, start)) >= 0:
        parts += [text[start:at], "<recipient>"]
        start = at + len(wanted)
    return "".join([*parts, text[start:]])
