"""Reads a bounce: RFC 3464 first, then what servers older or odder than that write (`flufl.bounce`).

Pure, and for messages that somebody else has made sure are bounded: a parsed message in, its failures out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from email.message import Message

from worker.audience.bounces.status import MOST_SAID, Sort, judge

MOST_TEXT = 100_000
"""Characters of an odd bounce that are read."""
_MOST_FAILURES = 100
_MOST_PASSED_ON = 300
_ADDRESS = re.compile(r"(?<![^\s<>@,;:\"()\[\]/=])[^\s<>@,;:\"()\[\]/=]++@[^\s<>@,;:\"()\[\]/=]++")
"""Begins where a word does, so that a long one is read once and not from each of its letters."""
_FAILED = ("fail", "error", "expired")
"""How an action that means the end begins; `failed` (RFC 3464 §2.3.3), and what others write."""
_FIELDS_BEFORE, _FIELDS_BEHIND = 300, 600
"""Characters of text round an address that are about it."""
_ORIGINAL = re.compile(
    r"^(-{2,80} ?|[^\w\n]{0,20})(below this line is a copy|this is a copy of|original message|the header of the"
    r"|message header|(the |your )?(unsent|undelivered|returned|full text of the) message|returned message"
    r"|the original message|received: |return-path: )",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Failure:
    """One address that a server reports on; `address` is empty when the report does not say it readably."""

    address: str
    sort: Sort
    status: str
    said: str = ""
    """What the server said about it, without addresses: others hear of it who must not see them."""
    reported: bool = True
    """Whether a report in the standard's form says so, and not only words that look like one."""


def failures(message: Message) -> tuple[Failure, ...]:
    """What `message` reports; empty when it is no bounce. Each address once, the first word about it."""
    if _blocks_of(message):
        found = list(_reported(message))
        if found:
            return _each_once(found)
    if not may_be_bounce(message):
        return ()
    return _each_once(_odd(message))


def may_be_bounce(message: Message) -> bool:
    """Whether no person sent it: the envelope named nobody (RFC 5321 §4.5.5), or it answers nothing.

    A person who quotes a bounce in an answer has written no bounce; her program says what it answers (RFC 5322 §3.6.4).
    """
    paths = [str(each) for each in message.get_all("Return-Path", [])]
    if any(re.fullmatch(r"\s*<\s*>\s*", each) for each in paths):
        return True
    answers = any(name in message for name in ("In-Reply-To", "References"))
    return message.get_content_type() == "multipart/report" or not answers


def _reported(message: Message) -> Iterator[Failure]:
    """The recipients of a delivery status notification (RFC 3464 §2.3)."""
    for fields in _blocks_of(message):
        action = _value(fields, "Action").lower()
        status = _value(fields, "Status")
        if action.startswith("delay"):
            yield Failure(_address_of(fields), Sort.DELAYED, "")
        elif action.startswith(_FAILED) or (not action and status.startswith("5")):
            address = _address_of(fields)
            said = _value(fields, "Diagnostic-Code").partition(";")[2] or _value(fields, "Diagnostic-Code")
            sort, code = judge(status, said)
            if sort is Sort.SOFT and not code.strip("45.0"):  # it says nothing: the text beside it may
                sort, code = judge(status, f"{status} {said} {_about(_text(message), address)}")
            yield Failure(address, sort, code, _nameless(said))


def _blocks_of(message: Message) -> list[Message]:
    found: list[Message] = []
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            payload = part.get_payload()
            if isinstance(payload, list):
                found += [each for each in payload if isinstance(each, Message) and _names_recipient(each)]
    return found[:_MOST_FAILURES]


def _names_recipient(fields: Message) -> bool:
    return any(name in fields for name in ("Final-Recipient", "Original-Recipient", "Action"))


def _address_of(fields: Message) -> str:
    """The address as the sender knew it, if it is told (RFC 3464 §2.3.1), else as the server did."""
    for name in ("Original-Recipient", "Final-Recipient"):
        if found := _ADDRESS.search(_value(fields, name)):
            return found[0]
    return ""


def _odd(message: Message) -> list[Failure]:
    """What the library finds; the words round an address say what is the matter with it."""
    temporary, permanent = _by_library(message)
    text = _text(message) if permanent else ""
    found = [Failure(each, Sort.DELAYED, "") for each in temporary if each not in permanent]
    for address in permanent:
        sort, code = judge("", _about(text, address))
        found.append(Failure(address, sort, code, reported=False))
    return found


def _nameless(said: str) -> str:
    return _ADDRESS.sub("…", " ".join(said.split()))[:_MOST_PASSED_ON]


def _by_library(message: Message) -> tuple[list[str], list[str]]:
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it would tell of every detector it tries
    try:
        temporary, permanent = all_failures(_with_plain_headers(message))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):  # over what nobody should write
        return [], []
    as_text = ([each.decode("utf-8", "replace") for each in sorted(some)] for some in (temporary, permanent))
    return next(as_text), next(as_text)


def _with_plain_headers(message: Message) -> Message:
    """A copy whose headers are all `str`: the parser makes of raw 8-bit bytes what the library cannot take."""
    plain = deepcopy(message)
    for part in plain.walk():
        given = [(name, str(value)) for name, value in part.items()]
        for name, _ in given:
            del part[name]
        for name, value in given:
            part[name] = value
    return plain


def _about(text: str, address: str) -> str:
    """The words round the first mention of `address`; the beginning of the text when it is not mentioned."""
    at = text.casefold().find(address.casefold()) if address else -1
    if at < 0:
        return text[:MOST_SAID]
    return text[max(0, at - _FIELDS_BEFORE) : at + _FIELDS_BEHIND]


def _text(message: Message) -> str:
    """What the server wrote itself, as far as it can be told from the mail that it brings back."""
    pieces: list[str] = []
    for part in _own_parts(message):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            pieces.append(payload[:MOST_TEXT].decode("utf-8", "replace"))
    text = "\n".join(pieces)[:MOST_TEXT]
    original = _ORIGINAL.search(text)
    return text[: original.start()] if original else text


def _own_parts(message: Message) -> Iterator[Message]:
    """The texts outside any mail that is brought back; those of a status are read as fields."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [each for each in payload if isinstance(each, Message)]
        elif part.get_content_maintype() == "text" and part.get_content_subtype() != "rfc822-headers":
            yield part


def _each_once(found: list[Failure]) -> tuple[Failure, ...]:
    return tuple({each.address.casefold(): each for each in reversed(found)}.values())[::-1]


def _value(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
