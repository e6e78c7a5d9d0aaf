"""`[outgoing]` and `[dkim]`: what the world can look up about our mail, and signing it ourselves."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field

from worker.errors import HlasatelError
from worker.messages import say
from worker.mime.signing import BadKey, Signer
from worker.settings.faults import Line, Strict

KEY = "HLASATEL_DKIM_KEY"
DNS_PORT = 53


def _domain(text: str) -> str:
    if not re.fullmatch(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", text.lower()):
        raise ValueError(say("outgoing.bad_domain", value=text))
    return text.lower()


def _selector(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*", text):
        raise ValueError(say("outgoing.bad_selector", value=text))
    return text.lower()


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(say("outgoing.bad_ip", value=text)) from None


def _name_server(text: str) -> str:
    name_server(text)
    return text


def name_server(text: str) -> tuple[str, int]:
    """Address and port of `9.9.9.9`, `127.0.0.1:5353`, `::1` or `[::1]:5353`; ValueError if it is none of these."""
    bare = re.fullmatch(r"\[([^]]+)\](?::([0-9]{1,5}))?|([0-9.]+):([0-9]{1,5})", text)
    address, port = (bare[1] or bare[3], bare[2] or bare[4]) if bare else (text, None)
    try:
        return str(ip_address(address)), int(port or DNS_PORT)
    except ValueError:
        raise ValueError(say("outgoing.bad_name_server", value=text)) from None


class Outgoing(Strict):
    """What `doctor` looks up about mail that leaves, and whom it asks."""

    addresses: tuple[Annotated[Line, AfterValidator(_address)], ...] = Field(default=(), strict=False)
    """Public addresses that mail leaves the office from; without any, those of the relay are taken."""
    selectors: tuple[Annotated[Line, AfterValidator(_selector)], ...] = Field(default=(), strict=False)
    """With which the relay signs (RFC 6376 §3.1), below the domain of every From."""
    name_servers: tuple[Annotated[Line, AfterValidator(_name_server)], ...] = Field(default=(), strict=False)
    """Asked instead of the system's own, which may answer otherwise inside the office than the world sees it."""


class Dkim(Strict):
    """Where Hlasatel signs its mail itself (RFC 6376), because the relay does not."""

    domain: Annotated[Line, AfterValidator(_domain)]
    selector: Annotated[Line, AfterValidator(_selector)]


def signer_of(dkim: Dkim | None, pem: str | None) -> Signer | None:
    """What signs, or None where `[dkim]` is not given; HlasatelError without a key, or for one that cannot sign."""
    if dkim is None:
        return None
    if pem is None:
        raise HlasatelError(say("outgoing.no_key", name=KEY))
    try:
        return Signer(dkim.domain, dkim.selector, pem.encode())
    except BadKey:
        raise HlasatelError(say("outgoing.bad_key", name=KEY)) from None
