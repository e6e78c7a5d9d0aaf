"""The SMTP relay, read from `HLASATEL_SMTP_URL`. The password is never part of a text a person or a log can see."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from worker.errors import HlasatelError
from worker.messages import say

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over. `tls`: `implicit` from the first byte, `starttls` required, or `none`."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Literal["none", "starttls", "implicit"] = "none"

    @property
    def on_loopback(self) -> bool:
        """True when the relay is this machine by its written name: 127.0.0.0/8, ::1 or localhost. No lookup."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_smtp_url(url: str) -> Relay:
    """`smtp://user:password@host:port`, `smtps://…`, `?starttls=require`; HlasatelError that never repeats the URL."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    except ValueError:
        raise HlasatelError(say("config.smtp_url")) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise HlasatelError(say("config.smtp_url"))
    if any(name != "starttls" for name in options) or options.get("starttls", ["require"]) != ["require"]:
        raise HlasatelError(say("config.smtp_option"))
    if options and parts.scheme == "smtps":
        raise HlasatelError(say("config.smtp_both_tls"))
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password is not None else None
    # AUTH carries ASCII; smtplib cannot send anything else, and would say so only when the first mail leaves.
    if any(not (character.isascii() and character.isprintable()) for character in (user or "") + (password or "")):
        raise HlasatelError(say("config.smtp_url"))
    tls: Literal["none", "starttls", "implicit"] = "starttls" if options else "none"
    return Relay(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=user,
        password=password if user else None,
        tls="implicit" if parts.scheme == "smtps" else tls,
    )
