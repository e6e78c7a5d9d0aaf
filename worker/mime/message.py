"""A whole message: its headers, its text, its HTML and its files, once for one or once for many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime

from worker.messages import say
from worker.mime import headers as written
from worker.mime.enclosed import Enclosed
from worker.mime.headers import Header, UnsafeHeader
from worker.mime.mould import Mould, Place
from worker.mime.quoted import quoted

Text = Sequence[str | Place]
_Pieces = Iterable[bytes | Place]


def compose(
    headers: Sequence[tuple[str, str]], text: str, html: str | None, *, date: datetime, files: Sequence[Enclosed] = ()
) -> bytes:
    """The whole message: `headers` in order (unstructured text is encoded here), then text and HTML alternatives.

    `date` is aware and belongs to the content, so that a repeated message has the same bytes. Lines end in CRLF, and
    none begins with a dot. Raises UnsafeHeader.
    """
    whole = mould(headers, [text], None if html is None else [html], date=date, files=files)
    data = b"".join(whole.filled(()))
    compare(data, [*headers, ("Date", format_datetime(date))])
    return data


def mould(
    headers: Sequence[Header],
    text: Text,
    html: Text | None,
    *,
    date: datetime,
    places: Sequence[Place] = (),
    files: Sequence[Enclosed] = (),
) -> Mould:
    """The same for many: whatever stands in one of `places` is put in later. Raises UnsafeHeader.

    What is put into a header must be plain ASCII without control characters, and is not looked at again.
    """
    dated: list[Header] = [*headers, ("Date", format_datetime(date))]
    return Mould([*written.lines(dated), b"MIME-Version: 1.0\r\n", *_body(text, html, files)], places)


def _body(text: Text, html: Text | None, files: Sequence[Enclosed]) -> Iterator[bytes | Place]:
    """The texts; within the files that go with them where there are any (RFC 2046 §5.1.3, RFC 2387)."""
    identity = _digest(text, html or [])
    attached = [file.lines() for file in files if not file.content_id]
    shown = [file.lines() for file in files if file.content_id]
    if html is None:
        texts: _Pieces = _part("plain", text)
    else:
        look: _Pieces = _part("html", html)
        if shown:
            look = _multipart('related; type="text/html"', f"=_r{identity}", [look, *shown])
        texts = _multipart("alternative", f"=_{identity}", [_part("plain", text), look])
    yield from _multipart("mixed", f"=_m{identity}", [texts, *attached]) if attached else texts


def _multipart(sort: str, boundary: str, parts: Sequence[_Pieces]) -> Iterator[bytes | Place]:
    """The boundaries of nested parts begin differently, so that none is taken for another's."""
    line = boundary.encode()  # "=_" occurs neither in quoted-printable text nor in base64
    yield f'Content-Type: multipart/{sort};\r\n boundary="{boundary}"\r\n'.encode()
    for part in parts:
        yield b"\r\n--" + line + b"\r\n"  # the line end before it is the boundary's (RFC 2046 §5.1.1)
        yield from part
    yield b"\r\n--" + line + b"--\r\n"


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


def compare_texts(data: bytes, text: str, html: str | None, files: Sequence[Enclosed] = ()) -> None:
    """Read the finished parts as a recipient's program would; UnsafeHeader unless they are those meant."""
    parts = [part for part in message_from_bytes(data).walk() if not part.is_multipart()]
    texts = [("text/plain", _carried(text))] + ([] if html is None else [("text/html", _carried(html))])
    if [_read(part) for part in parts[: len(texts)]] != texts:
        raise UnsafeHeader(say("mail.texts_differ"))
    enclosed = sorted(files, key=lambda file: not file.content_id)  # pictures stand beside the HTML, before the rest
    if list(map(_read_file, parts[len(texts) :])) != enclosed:
        raise UnsafeHeader(say("mail.files_differ"))


def _read(part: Message) -> tuple[str, bytes]:
    return part.get_content_type(), bytes(part.get_payload(decode=True) or b"")


def _read_file(part: Message) -> Enclosed:
    media_type, content = _read(part)
    return Enclosed(part.get_filename("-"), media_type, content, str(part.get("Content-ID", "")).strip("<>"))


def _carried(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return (lines + "\n").replace("\n", "\r\n").encode()
