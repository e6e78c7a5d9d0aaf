"""Header fields (RFC 5322 §2.2) as they are written, and what must not get into one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from email import header as rfc2047
from email.errors import HeaderParseError
from email.parser import HeaderParser
from functools import lru_cache

from worker.errors import HlasatelError
from worker.messages import say
from worker.mime.mould import Place

MAX_LINE = 998  # RFC 5322 §2.1.1
Header = tuple[str, "str | Sequence[str | Place]"]
"""Name and value; of a structured field the value may have places."""


class UnsafeHeader(HlasatelError):
    """A message with control characters in a header, or one that would not arrive as it was meant."""


@lru_cache(maxsize=1000)
def address(name: str, mailbox: str) -> str:
    """`name <mailbox>` ready for a header; the name encoded when it is not plain words, the mailbox never."""
    _refuse_controls("address", mailbox)
    if not name:
        return mailbox
    words = _encoded("", name, phrase=True).replace("\r\n", "")  # folded again where the line is written
    return f"{words} <{mailbox}>"


def lines(headers: Sequence[Header]) -> Iterator[bytes | Place]:
    """Every field with its line end, folded and encoded where it must be. Raises UnsafeHeader."""
    for name, value in headers:
        written = [piece if isinstance(piece, Place) else _value(name, piece) for piece in _pieces(value)]
        widest = "".join("x" * (piece.width or 0) if isinstance(piece, Place) else piece for piece in written)
        if any(len(line) > MAX_LINE for line in f"{name}: {widest}".split("\r\n")):
            raise UnsafeHeader(say("mail.long_header", name=name))
        yield f"{name}: ".encode("ascii")
        for piece in written:
            yield piece if isinstance(piece, Place) else piece.encode("ascii")
        yield b"\r\n"


def _pieces(value: str | Sequence[str | Place]) -> Sequence[str | Place]:
    return [value] if isinstance(value, str) else value


_STRUCTURED = frozenset(
    {
        "from",
        "to",
        "reply-to",
        "message-id",
        "date",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "auto-submitted",
        "hlasatel-occurrence",
        "precedence",
        "in-reply-to",
        "references",
    }
)


def _value(name: str, value: str) -> str:
    _refuse_controls(name, value)
    if name.lower() in _STRUCTURED:
        if not value.isascii():
            raise UnsafeHeader(say("mail.not_ascii", name=name))
        return value.replace("?= =?", "?=\r\n =?").replace("?= <", "?=\r\n <")
    return _encoded(name, value, phrase=False)


def _encoded(name: str, value: str, *, phrase: bool) -> str:
    _refuse_controls(name, value)
    plain = value.isascii() and "=?" not in value and len(name) + 2 + len(value) <= 76 and value == value.strip(" ")
    if plain and not phrase:
        return value
    if plain and "  " not in value and all(char.isalnum() or char in " -_!" for char in value):
        return value  # between words of a phrase several blanks mean one
    if plain:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if phrase:  # as few words as fit behind "Reply-To: ": some readers keep the blank between two of them
        return rfc2047.Header(value, "utf-8", maxlinelen=68).encode(linesep="\r\n")
    return rfc2047.Header(value, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def holds_controls(text: str) -> bool:
    """Whether `text` holds a control character, a line separator or half a character (a lone surrogate)."""
    return not text.isprintable() and any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text)


def _refuse_controls(name: str, value: str) -> None:
    """Refuse control and line-separator characters, as they stand and once encoded words are decoded (RFC 2047)."""
    readings = [value]
    if "=?" in value:
        try:
            readings.append(str(rfc2047.make_header(rfc2047.decode_header(value))))
        except (HeaderParseError, LookupError, UnicodeError):  # broken, or of a charset that only others may know
            raise UnsafeHeader(say("mail.control_characters", name=name)) from None
    if any(map(holds_controls, readings)):
        raise UnsafeHeader(say("mail.control_characters", name=name))


def compare(head: bytes, meant: Sequence[tuple[str, str]]) -> None:
    """Every field of `head` must be there, once and in order, with the value meant; UnsafeHeader otherwise."""
    parsed = HeaderParser().parsestr(head.decode())
    own = [(name, value) for name, value in parsed.items() if name not in _MIME]
    if [name for name, _ in own] != [name for name, _ in meant]:
        raise UnsafeHeader(say("mail.headers_differ"))
    for (name, arrived), (_, wanted) in zip(own, meant, strict=True):
        if holds_controls(wanted):
            raise UnsafeHeader(say("mail.control_characters", name=name))
        if name.lower() not in _STRUCTURED:
            arrived = str(rfc2047.make_header(rfc2047.decode_header(arrived)))
        if _unfolded(arrived) != _unfolded(wanted):
            raise UnsafeHeader(say("mail.header_differs", name=name))


_MIME = frozenset({"MIME-Version", "Content-Type", "Content-Transfer-Encoding"})


def _unfolded(value: str) -> str:
    return value.replace("\r\n ", " ").replace("\n ", " ")
