"""Reads a complaint of a feedback loop (ARF, RFC 5965): somebody pressed "this is spam".

Such reports come to an address that the provider knows, not to a delivery's own. So the mail that they bring back tells
whom it is about: by its envelope's sender, or by the way to leave that stands in its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message

_AGAINST_US = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
"""Feedback types that mean: no more of this (§7.3; the last two in drafts of it, still sent). `not-spam` praises."""
_LEAVE = re.compile(r"/([A-Za-z0-9_-]{22})>")
_MOST_PARTS = 50
_LONGEST = 4000


@dataclass(frozen=True)
class Complaint:
    """What a report says: its type, and what may tell whom it is about, unproven.

    `senders` are lines that may hold an envelope's sender of ours, `leaving` tokens to unsubscribe.
    """

    feedback: str
    senders: tuple[str, ...]
    leaving: tuple[str, ...]

    @property
    def wants_no_more(self) -> bool:
        """Whether it asks us to write no more."""
        return self.feedback in _AGAINST_US


def complaint(message: Message) -> Complaint | None:
    """The complaint that `message` is; None for every other mail."""
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(message.walk())[:_MOST_PARTS]
    fields = next((_fields(each) for each in parts if each.get_content_type() == "message/feedback-report"), None)
    if fields is None:
        return None
    brought = list(_brought(parts))
    senders = [_value(fields, "Original-Mail-From"), *(_value(each, "Return-Path") for each in brought)]
    leaving = [found for each in brought for found in _LEAVE.findall(_value(each, "List-Unsubscribe"))]
    kind = _value(fields, "Feedback-Type").lower()
    return Complaint(kind, tuple(each for each in senders if each), tuple(dict.fromkeys(leaving)))


def _fields(part: Message) -> Message:
    """The fields of the report: the parser takes its body for a mail, or leaves it as text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return next((each for each in payload if isinstance(each, Message)), part)
    return message_from_string(str(payload))


def _brought(parts: list[Message]) -> Iterator[Message]:
    """The mail that is complained of, whole or its header (RFC 6522 §3)."""
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
            yield from (each for each in payload if isinstance(each, Message))
        elif part.get_content_type() == "text/rfc822-headers":
            data = part.get_payload(decode=True)
            yield message_from_string(data.decode("utf-8", "replace") if isinstance(data, bytes) else "")


def _value(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:_LONGEST]
