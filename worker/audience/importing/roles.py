"""Addresses that deserve a look before they are written to: our own, and those that no person reads (RFC 2142)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.settings import Settings

ROLES = frozenset({
    "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "usenet", "news",
    "webmaster", "www", "uucp", "ftp",
})  # fmt: skip
"""RFC 2142, sections 2 to 5; the addresses of mailing lists' keepers (section 6) end with `_REQUEST`."""
_REQUEST = "-request"


@dataclass(frozen=True)
class Own:
    """What we send from, and the domains of it and of our pages."""

    addresses: frozenset[str]
    domains: frozenset[str]


def own_of(settings: Settings) -> Own:
    """Ours by the settings: every From, the mailbox for answers and bounces, and the host of the pages."""
    senders = {settings.mail.from_address, *(kind.from_address for kind in settings.mail.kinds.values())}
    if settings.inbox is not None:
        senders |= {settings.inbox.address, settings.inbox.bounce_address or settings.inbox.address}
    addresses = {address.lower() for address in senders}
    host = (urlsplit(settings.base_url).hostname or "").lower()
    return Own(frozenset(addresses), frozenset({each.rpartition("@")[2] for each in addresses} | {host}))


def is_role(address: str) -> bool:
    """Whether an address is a role's rather than a person's."""
    local = address.partition("@")[0]
    return local in ROLES or local.endswith(_REQUEST)
