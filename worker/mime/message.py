"""A whole message: its headers, its text and its HTML, once for one or once for many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime

from worker.messages import say
from worker.mime import headers as written
from worker.mime.headers import Header, UnsafeHeader
from worker.mime.mould import Mould, Place
from worker.mime.quoted import quoted

Text = Sequence[str | Place]


def compose(headers: Sequence[tuple[str, str]], text: str, html: str | None, *, date: datetime) -> bytes:
    """The whole message: `headers` in order (unstructured text is encoded here), then text and HTML alternatives.

    `date` is aware and belongs to the content, so that a repeated message has the same bytes. Lines end in CRLF, and
    none begins with a dot. Raises UnsafeHeader.
    """
    data = b"".join(mould(headers, [text], None if html is None else [html], date=date).filled(()))
    compare(data, [*headers, ("Date", format_datetime(date))])
    return data


def mould(
    headers: Sequence[Header], text: Text, html: Text | None, *, date: datetime, places: Sequence[Place] = ()
) -> Mould:
    """The same for many: whatever stands in one of `places` is put in later. Raises UnsafeHeader.

    What is put into a header must be plain ASCII without control characters, and is not looked at again.
    """
    dated: list[Header] = [*headers, ("Date", format_datetime(date))]
    return Mould([*written.lines(dated), *_body(text, html)], places)


def _body(text: Text, html: Text | None) -> Iterator[bytes | Place]:
    yield b"MIME-Version: 1.0\r\n"
    if html is None:
        yield from _part("plain", text)
        return
    boundary = f"=_{_digest(text, html)}".encode()  # "=_" cannot occur in quoted-printable text
    yield b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n'
    for sort, part in (("plain", text), ("html", html)):
        yield b"\r\n--" + boundary + b"\r\n"  # the line end before it is the boundary's (RFC 2046 §5.1.1)
        yield from _part(sort, part)
    yield b"\r\n--" + boundary + b"--\r\n"


def _part(sort: str, text: Text) -> Iterator[bytes | Place]:
    yield f'Content-Type: text/{sort}; charset="utf-8"\r\n'.encode()
    yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    yield from quoted(text)


def _digest(*texts: Text) -> str:
    named = "\0".join("".join(piece if isinstance(piece, str) else piece.name for piece in text) for text in texts)
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def compare(data: bytes, meant: Sequence[tuple[str, str]]) -> None:
    """Read the finished headers as a recipient's program would; UnsafeHeader unless they are those `meant`."""
    written.compare(data.partition(b"\r\n\r\n")[0], meant)


def compare_texts(data: bytes, text: str, html: str | None) -> None:
    """Read the finished texts as a recipient's program would; UnsafeHeader unless they are those meant."""
    parts = [part for part in message_from_bytes(data).walk() if not part.is_multipart()]
    found = [(part.get_content_type(), part.get_payload(decode=True)) for part in parts]
    meant = [("text/plain", _carried(text))] + ([] if html is None else [("text/html", _carried(html))])
    if found != meant:
        raise UnsafeHeader(say("mail.texts_differ"))


def _carried(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return (lines + "\n").replace("\n", "\r\n").encode()
