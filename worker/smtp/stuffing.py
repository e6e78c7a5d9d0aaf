"""Transparency of the text (RFC 5321 §4.5.2): a line that begins with a dot gets another one on the wire."""

from __future__ import annotations


def stuffed(data: bytes) -> bytes:
    """`data` (CRLF line ends) dot-stuffed, ending in CRLF; the final dot is not part of it."""
    body = data if data.endswith(b"\r\n") else data + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


def unstuffed(data: bytes) -> bytes:
    """The message that was dot-stuffed."""
    body = data.replace(b"\r\n..", b"\r\n.")
    return body[1:] if body.startswith(b".") else body
