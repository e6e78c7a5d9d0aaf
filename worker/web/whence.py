"""Where a request comes from: the peer itself, or what the office's own proxies say about their visitor.

Headers about forwarding count only on connections that come from a configured proxy; from anybody else they are
words a visitor may invent.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request

from worker.settings import WebSettings
from worker.web.pages import desk


def whence(request: Request) -> str:
    """From where a decision was made, for the record: `page 192.0.2.7`."""
    return f"page {visitor(request)}".strip()


def visitor(request: Request) -> str:
    """The visitor's address as it is known here; empty for a connection without one."""
    rules = desk(request).office.settings.web
    return address_of(peer(request), request.headers.getlist("x-forwarded-for"), rules)


def peer(request: Request) -> str:
    """The address the connection itself comes from, whatever its headers say."""
    return request.client.host if request.client is not None else ""


def address_of(peer: str, forwarded: Iterable[str], rules: WebSettings) -> str:
    """The first address before our own proxies, read from the last `X-Forwarded-For` entry backwards.

    Each proxy appends whom it heard from, so what stands left of the first stranger is that stranger's own word. An
    entry that is no address ends the reading: whoever named it last answers for it.
    """
    found = parsed(peer)
    if found is None:
        return peer
    for entry in reversed(",".join(forwarded).split(",")):
        before = parsed(entry.strip())
        if before is None or not is_proxy(str(found), rules):
            break
        found = before
    return str(found)


def is_proxy(address: str, rules: WebSettings) -> bool:
    """Whether `address` is one of the configured proxies."""
    found = parsed(address)
    return found is not None and any(found in ip_network(each) for each in rules.proxies)


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it is compared; None for what is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # An IPv4 connection to a dual-stack socket shows as ::ffff:10.0.0.5 (RFC 4291 §2.5.5.2).
    return getattr(address, "ipv4_mapped", None) or address
