"""How often a visitor may ask for what is not there, so that nobody tries addresses by the thousand; or for a mail."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

MOST_A_MINUTE = 100
"""Answers that led nowhere, per visitor. Whoever holds a good link is never counted, nor stopped by somebody else's
guesses from the same address."""

MOST_SEARCHES = 60
"""Of the archive, a minute and visitor: each looks through every text there is."""
MOST_SIGN_INS = 20
"""Requests for the coordinator's link, a minute and visitor, whatever address they name."""


class Guesses:
    """Counts within this process; what it knows is forgotten when the time is over in which `most` are allowed."""

    def __init__(self, most: int = MOST_A_MINUTE, per: type[RateLimitItem] = RateLimitItemPerMinute) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._most = per(most)

    def too_many(self, visitor: str) -> bool:
        """Count one more; whether it was one too many."""
        return not self._limiter.hit(self._most, _network_of(visitor))


def _network_of(visitor: str) -> str:
    """The visitor's address; of IPv6 the /64, which one visitor has all to itself."""
    try:
        address = ip_address(visitor)
    except ValueError:
        return visitor
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else visitor
