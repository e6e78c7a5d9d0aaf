"""Asking the DNS. A name without records is an answer; a server that does not answer is none (`Unanswered`)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.outgoing import name_server

if TYPE_CHECKING:
    from dns.resolver import Resolver

PATIENCE = 4.0
"""Seconds for one answer, a repeated question included."""
ALTOGETHER = 40.0
"""Seconds after which nothing more is asked."""


class Unanswered(HlasatelError):
    """No name server answered, or those that did could not say."""


class Names:
    """The DNS as `name_servers` have it (`9.9.9.9`, `127.0.0.1:5353`), the system's own without any."""

    def __init__(self, name_servers: Sequence[str] = (), patience: float = PATIENCE) -> None:
        self._name_servers, self._patience = name_servers, patience
        self._until = time.monotonic() + ALTOGETHER
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, each with its strings joined (RFC 7208 §3.3). Raises Unanswered."""
        return self._ask(name, "TXT")

    def addresses(self, name: str) -> tuple[str, ...]:
        """Its addresses, IPv4 first. Raises Unanswered."""
        return self._ask(name, "A") + self._ask(name, "AAAA")

    def exchangers(self, name: str) -> tuple[str, ...]:
        """The hosts that take its mail, the first to be tried first. Raises Unanswered."""
        found = (record.split() for record in self._ask(name, "MX"))
        return tuple(host.rstrip(".") for _, host in sorted((int(order), host) for order, host in found))

    def called(self, address: str) -> tuple[str, ...]:
        """What an address is called (PTR). Raises Unanswered."""
        from dns import reversename

        return tuple(name.rstrip(".") for name in self._ask(str(reversename.from_address(address)), "PTR"))

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        asked = name.rstrip(".").lower(), kind
        if asked not in self._known:
            self._known[asked] = self._answer(*asked)
        return self._known[asked]

    def _answer(self, name: str, kind: str) -> tuple[str, ...]:
        from dns import exception, resolver
        from dns.name import LabelTooLong, NameTooLong

        left = min(self._patience, self._until - time.monotonic())
        if left <= 0:
            raise Unanswered(say("outgoing.out_of_time"))
        try:
            found = self._resolver.resolve(f"{name}.", kind, lifetime=left, raise_on_no_answer=False)
        except (resolver.NXDOMAIN, LabelTooLong, NameTooLong):
            return ()
        except (exception.DNSException, OSError) as error:
            raise Unanswered(say("outgoing.unanswered", name=name, kind=kind, why=type(error).__name__)) from None
        if found.rrset is None:
            return ()
        if kind == "TXT":
            return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found.rrset)
        return tuple(record.to_text() for record in found.rrset)

    @cached_property
    def _resolver(self) -> Resolver:
        from dns import resolver
        from dns.nameserver import Do53Nameserver

        if not self._name_servers:
            try:
                return resolver.Resolver()
            except resolver.NoResolverConfiguration:
                raise Unanswered(say("outgoing.no_resolver")) from None
        found = resolver.Resolver(configure=False)
        found.nameservers = [Do53Nameserver(*name_server(each)) for each in self._name_servers]
        return found
