"""The mailbox that is read over IMAP, from `HLASATEL_IMAP_URL`. Its password is part of no text anybody can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.relay import is_loopback

URL = "HLASATEL_IMAP_URL"
_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True)
class ImapBox:
    """One folder of an account. `tls`: `implicit` from the first byte (RFC 8314), `starttls` required, or `none`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: Literal["none", "starttls", "implicit"] = "implicit"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _plain(text: str) -> bool:
    """LOGIN carries ASCII alone, and its failure would be said only by the server."""
    return text.isascii() and text.isprintable()


def parse_imap_url(url: str) -> ImapBox:
    """`imaps://user:password@host:port/folder`, `imap://…?starttls=require`; without either on this machine alone.

    HlasatelError that never repeats the URL.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    except ValueError:
        raise HlasatelError(say("bounces.imap_url")) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    known = parts.scheme in _PORTS and options in ({}, {"starttls": ["require"]}) and not parts.fragment and port != 0
    if not known or not parts.hostname or not user or not password or not _plain(user + password + folder):
        raise HlasatelError(say("bounces.imap_url"))
    tls: Literal["none", "starttls", "implicit"] = "starttls" if options else "none"
    if parts.scheme == "imaps":
        if options:
            raise HlasatelError(say("bounces.imap_url"))
        tls = "implicit"
    if tls == "none" and not is_loopback(parts.hostname):
        raise HlasatelError(say("bounces.imap_in_the_clear"))
    return ImapBox(parts.hostname, port or _PORTS[parts.scheme], user, password, folder, tls)
