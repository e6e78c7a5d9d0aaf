"""Lets connections to public addresses through, and to no others.

What is checked is the very address that is then connected to, for every connection anew: so neither a redirect, nor a
name that answers differently the second time (DNS rebinding), nor an odd way to write an address (`0x7f.1`,
`2130706433`, `[::ffff:127.0.0.1]`) gets past it.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from worker.outbound.trouble import Trouble

_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        # The special-purpose registries of IANA (RFC 6890) that `ipaddress.is_global` does not hold in every Python.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
        # Of IPv6 only 2000::/3 is given out (RFC 4291); inside it, what carries another address or none.
        "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Guard:
    """`internal`: the office's own networks, which may be connected to all the same."""

    internal: tuple[Network, ...] = ()

    @classmethod
    def letting(cls, internal: Sequence[str]) -> Guard:
        """From networks as the settings write them (CIDR)."""
        return cls(tuple(ip_network(text) for text in internal))

    def lets(self, address: str) -> bool:
        """Whether a connection to `address` (as `getaddrinfo` gives it, a zone included) may be made."""
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if any(_within(found, network) for network in self.internal):
            return True
        return not any(_within(found, network) for network in _NOT_PUBLIC) and found.is_global

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection to the first address of `host` that may be connected to and answers within `timeout` seconds.

        Trouble when the name has no address that may be; OSError when none of those answers.
        """
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as unknown:
            raise Trouble(message_key="feeds.unknown_host", host=host) from unknown
        open_to_us = [each for each in known if self.lets(str(each[4][0]))]
        if not open_to_us:
            raise Trouble(message_key="feeds.private_address", host=host)
        return _first_answering(open_to_us, timeout)


def _within(address: IPv4Address | IPv6Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _first_answering(known: Sequence[tuple[Any, ...]], timeout: float) -> socket.socket:
    refused: OSError | None = None
    for family, kind, protocol, _, address in known[:3]:
        attempt = socket.socket(family, kind, protocol)
        attempt.settimeout(timeout)
        try:
            attempt.connect(address)
        except OSError as error:
            refused = error
            attempt.close()
        else:
            return attempt
    assert refused is not None
    raise refused
