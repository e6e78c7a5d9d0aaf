"""Messages as bytes (RFC 5322, RFC 2045–2047), the same bytes for the same input.

The standard library writes an encoded-word CRLF in a subject out raw, folds a long List-Unsubscribe address into an
encoded word, and draws a random boundary. So headers are written here, line by line, and every message is parsed
again and its headers compared with what was meant before it leaves.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from worker.errors import HlasatelError
from worker.messages import say

BODY_POLICY = SMTP.clone(max_line_length=76)
MAX_HEADER_LINE = 998  # RFC 5322 §2.1.1


class UnsafeHeader(HlasatelError):
    """A header value with control characters, or one that would not arrive as it was meant."""


@lru_cache(maxsize=1000)
def address(name: str, mailbox: str) -> str:
    """`name <mailbox>` ready for a header; the name encoded when it is not plain words, the mailbox never."""
    _refuse_controls("address", mailbox)
    if not name:
        return mailbox
    words = _encoded("", name, phrase=True).replace("\r\n", "")  # folded again where the line is written
    return f"{words} <{mailbox}>"


def compose(headers: Sequence[tuple[str, str]], text: str, html: str | None, *, date: datetime) -> bytes:
    """The whole message: `headers` in order (unstructured text is encoded here), then text and HTML alternatives.

    `date` is aware and belongs to the content, so that a repeated message has the same bytes. Lines end in CRLF and
    are not dot-stuffed. Raises UnsafeHeader.
    """
    meant = [*headers, ("Date", format_datetime(date))]
    lines = [f"{name}: {_value(name, value)}" for name, value in meant]
    for line in lines:
        if any(len(part) > MAX_HEADER_LINE for part in line.split("\r\n")):
            raise UnsafeHeader(say("mail.long_header", name=line.split(":")[0]))
    data = "\r\n".join(lines).encode("ascii") + b"\r\n" + _body(text, html)
    _compare(data, meant)
    return data


def _body(text: str, html: str | None) -> bytes:
    message = EmailMessage(policy=BODY_POLICY)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
        boundary = hashlib.sha256(f"{text}\0{html}".encode()).hexdigest()[:32]
        message.set_boundary(f"=_{boundary}")  # "=_" cannot occur in quoted-printable text
    return message.as_bytes()


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
        return Header(value, "utf-8", maxlinelen=68).encode(linesep="\r\n")
    return Header(value, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _refuse_controls(name: str, value: str) -> None:
    """Refuse control and line-separator characters, as they stand and once encoded words are decoded (RFC 2047)."""
    readings = [value]
    if "=?" in value:
        try:
            readings.append(str(make_header(decode_header(value))))
        except (HeaderParseError, LookupError, UnicodeError):  # broken, or of a charset that only others may know
            raise UnsafeHeader(say("mail.control_characters", name=name)) from None
    for reading in readings:
        if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in reading):
            raise UnsafeHeader(say("mail.control_characters", name=name))


def _compare(data: bytes, meant: Sequence[tuple[str, str]]) -> None:
    """Read the headers as a recipient's program would; every one must be there, once, with the value meant."""
    parsed = BytesHeaderParser().parsebytes(data)
    own = [(name, value) for name, value in parsed.items() if name not in _MIME_HEADERS]
    if [name for name, _ in own] != [name for name, _ in meant]:
        raise UnsafeHeader(say("mail.headers_differ"))
    for (name, arrived), (_, wanted) in zip(own, meant, strict=True):
        structured = name.lower() in _STRUCTURED
        if _unfolded(arrived if structured else str(make_header(decode_header(arrived)))) != _unfolded(wanted):
            raise UnsafeHeader(say("mail.header_differs", name=name))


_MIME_HEADERS = frozenset({"MIME-Version", "Content-Type", "Content-Transfer-Encoding"})


def _unfolded(value: str) -> str:
    return value.replace("\r\n ", " ").replace("\n ", " ")
