"""The SMTP relays, read from `HLASATEL_SMTP_URL`, `HLASATEL_SMTP_FALLBACK_URL` and `[relay]`.

Passwords and secrets are never part of a text a person or a log can see.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import AfterValidator, Field

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.faults import Line, Strict
from worker.settings.limits import MessageLimit

_PORTS = {"smtp": 25, "smtps": 465}
URL = "HLASATEL_SMTP_URL"
FALLBACK_URL = "HLASATEL_SMTP_FALLBACK_URL"
CONNECTIONS = 16

Auth = Literal["plain", "login", "xoauth2"]


def _https(text: str) -> str:
    if not re.fullmatch(r"https://[^\s/?#@]+(/[^\s#]*)?", text):
        raise ValueError(say("relay.bad_token_url", value=text))
    return text


class OAuthSettings(Strict):
    """Who asks for access tokens, and where (client credentials, RFC 6749 §4.4). The secret is in the environment."""

    token_url: Annotated[Line, AfterValidator(_https)]
    client_id: Line
    scope: Line


@dataclass(frozen=True)
class Preset:
    """What a provider bears."""

    connections: int
    limits: tuple[MessageLimit, ...]


# https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
PRESETS = {
    "microsoft365": Preset(3, (MessageLimit(messages=30, per="minute"), MessageLimit(messages=10_000, per="day")))
}


class RelaySettings(Strict):
    """`[relay]`: what the relay bears. A preset is a provider's own limits; what is written beside it goes first."""

    preset: Literal["microsoft365"] | None = None
    connections: int | None = Field(default=None, ge=1, le=100)
    messages: tuple[MessageLimit, ...] = Field(default=(), strict=False)
    oauth: OAuthSettings | None = None

    @property
    def limits(self) -> tuple[MessageLimit, ...]:
        """How many messages it takes in a time, over all connections; none means that it does not count."""
        if self.messages or self.preset is None:
            return self.messages
        return PRESETS[self.preset].limits

    @property
    def most_connections(self) -> int:
        """How many connections may be open to it at once."""
        return self.connections or (PRESETS[self.preset].connections if self.preset else CONNECTIONS)


@dataclass(frozen=True)
class TokenSource:
    """Where access tokens for XOAUTH2 come from: a file that somebody keeps fresh, or else the token endpoint."""

    file: Path | None = None
    endpoint: OAuthSettings | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over. `tls`: `implicit` from the first byte, `starttls` required, or `none`.

    `auth` None: the best of what the relay offers. `tokens` goes with `xoauth2`. `fallback` is used while this one
    cannot be; `connections` is how many may be open at once.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Literal["none", "starttls", "implicit"] = "none"
    auth: Auth | None = None
    tokens: TokenSource | None = None
    connections: int = CONNECTIONS
    fallback: Relay | None = None

    @property
    def on_loopback(self) -> bool:
        """True when mail stays on this machine by its relays' written names: 127.0.0.0/8, ::1, localhost. No lookup."""
        if self.fallback is not None and not self.fallback.on_loopback:
            return False
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its written name: 127.0.0.0/8, ::1, localhost. No lookup."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_smtp_url(url: str, name: str = URL) -> Relay:
    """`smtp://user:password@host:port`, `smtps://…`, `?starttls=require`, `?auth=plain|login|xoauth2`.

    HlasatelError that names the setting and never repeats the URL.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    except ValueError:
        raise HlasatelError(say("config.smtp_url", name=name)) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise HlasatelError(say("config.smtp_url", name=name))
    starttls, auth = _options(options, name)
    if starttls and parts.scheme == "smtps":
        raise HlasatelError(say("config.smtp_both_tls", name=name))
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password is not None else None
    # AUTH carries ASCII; smtplib cannot send anything else, and would say so only when the first mail leaves.
    if any(not (character.isascii() and character.isprintable()) for character in (user or "") + (password or "")):
        raise HlasatelError(say("config.smtp_url", name=name))
    if auth is not None and user is None:
        raise HlasatelError(say("relay.auth_without_user", name=name))
    tls: Literal["none", "starttls", "implicit"] = "starttls" if starttls else "none"
    return Relay(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=user,
        password=password if user else None,
        tls="implicit" if parts.scheme == "smtps" else tls,
        auth=auth,
    )


def _options(options: dict[str, list[str]], name: str) -> tuple[bool, Auth | None]:
    """What stands after the question mark: whether STARTTLS is required, and how to log in."""
    ways: dict[str, Auth] = {"plain": "plain", "login": "login", "xoauth2": "xoauth2"}
    known = options.keys() <= {"starttls", "auth"} and options.get("starttls", ["require"]) == ["require"]
    auth = options.get("auth", [])
    if not known or len(auth) > 1 or any(each not in ways for each in auth):
        raise HlasatelError(say("config.smtp_option", name=name))
    return "starttls" in options, ways[auth[0]] if auth else None
