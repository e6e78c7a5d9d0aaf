"""Whether a domain lets an address send for it (SPF, RFC 7208)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from worker.upkeep.outgoing.names import Names

MOST_LOOKUPS = 10
"""Terms that make a receiver look something up (§4.6.4)."""
MOST_VOID = 2
"""Of those, ones that may find nothing (§4.6.4)."""
MOST_HOSTS = 10
"""Hosts of one `mx` or `ptr` (§4.6.4)."""
_TERM = re.compile(r"(?P<sign>[-+?~]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)(?P<rest>[:/=].*)?", re.DOTALL)
_MACRO = re.compile(r"%(?:\{(?P<letter>[a-zA-Z])(?P<digits>[0-9]*)(?P<turned>r?)(?P<delimiters>[-.+,/_=]*)\}|[%_-])")


class Result(StrEnum):
    """What a receiver comes to (§2.6)."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    PERMERROR = "permerror"


_SIGNS = {"": Result.PASS, "+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}


class Broken(Exception):
    """The record cannot be evaluated, for the reason named: a `permerror`."""


@dataclass(frozen=True)
class Verdict:
    """What comes of it, and for a `permerror` which part of the record is the matter, as it is written there."""

    result: Result
    part: str = ""


@dataclass
class _Count:
    lookups: int = 0
    void: int = 0


@dataclass(frozen=True)
class _Asking:
    """One evaluation: of which address, for mails from which one."""

    names: Names
    address: IPv4Address | IPv6Address
    sender: str
    count: _Count = field(default_factory=_Count)


def records(names: Names, domain: str) -> tuple[str, ...]:
    """The SPF records of a domain: one, if all is well (§4.5). Raises Unanswered."""
    return tuple(text for text in names.texts(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE))


def verdict(names: Names, sender: str, address: str) -> Verdict:
    """What a receiver makes of a mail whose envelope's sender is `sender` and which comes from the IP `address`.

    Raises Unanswered.
    """
    asking = _Asking(names, ip_address(address), sender)
    try:
        return Verdict(_check(asking, sender.rpartition("@")[2]))
    except Broken as error:
        return Verdict(Result.PERMERROR, str(error))


def _check(asking: _Asking, domain: str) -> Result:
    found = records(asking.names, domain)
    if not found:
        return Result.NONE
    if len(found) > 1:
        raise Broken(domain)
    terms = found[0].split()[1:]
    redirect = ""
    for term in terms:
        parts = _TERM.fullmatch(term)
        if parts is None:
            raise Broken(term)
        name, rest = parts["name"].lower(), parts["rest"] or ""
        if rest.startswith("="):
            redirect = rest[1:] if name == "redirect" else redirect
        elif _matches(asking, domain, name, rest, term):
            return _SIGNS[parts["sign"]]
    if not redirect:
        return Result.NEUTRAL
    _looked_up(asking, f"redirect={redirect}")
    result = _check(asking, _expanded(asking, redirect, domain))
    if result is Result.NONE:
        raise Broken(f"redirect={redirect}")
    return result


def _matches(asking: _Asking, domain: str, name: str, rest: str, term: str) -> bool:
    if name == "all":
        return True
    if name in ("ip4", "ip6"):
        return _is_within(asking, rest.removeprefix(":"), term)
    if name not in ("include", "a", "mx", "ptr", "exists"):
        raise Broken(term)
    _looked_up(asking, term)
    target, narrow = _target(rest, term)
    target = _expanded(asking, target, domain) if target else domain
    if name == "include":
        result = _check(asking, target)
        if result is Result.NONE:
            raise Broken(term)
        return result is Result.PASS
    if name == "exists":
        return bool(_found(asking, asking.names.addresses(target), term))
    if name == "ptr":
        called = _found(asking, asking.names.called(str(asking.address)), term)[:MOST_HOSTS]
        mine = [host for host in called if f".{host.lower()}".endswith(f".{target.lower()}")]
        return any(_is_of(asking, host, {}) for host in mine)
    if name == "a":
        return bool(_found(asking, asking.names.addresses(target), term)) and _is_of(asking, target, narrow)
    hosts = _found(asking, asking.names.exchangers(target), term)
    if len(hosts) > MOST_HOSTS:
        raise Broken(term)
    return any(_is_of(asking, host, narrow) for host in hosts)


def _looked_up(asking: _Asking, term: str) -> None:
    asking.count.lookups += 1
    if asking.count.lookups > MOST_LOOKUPS:
        raise Broken(term)


def _found(asking: _Asking, records: tuple[str, ...], term: str) -> tuple[str, ...]:
    asking.count.void += not records
    if asking.count.void > MOST_VOID:
        raise Broken(term)
    return records


def _target(rest: str, term: str) -> tuple[str, dict[int, int]]:
    """The domain and the prefix lengths by IP version of `:domain/24//64`."""
    parts = re.fullmatch(r"(?::([^/]+(?:/(?![0-9/])[^/]*)*))?(?:/([0-9]{1,2}))?(?://([0-9]{1,3}))?", rest)
    if parts is None:
        raise Broken(term)
    narrow = {version: int(length) for version, length in ((4, parts[2]), (6, parts[3])) if length}
    if narrow.get(4, 0) > 32 or narrow.get(6, 0) > 128:
        raise Broken(term)
    return parts[1] or "", narrow


def _is_within(asking: _Asking, network: str, term: str) -> bool:
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        raise Broken(term) from None
    return asking.address in found


def _is_of(asking: _Asking, host: str, narrow: dict[int, int]) -> bool:
    version = asking.address.version
    for each in asking.names.addresses(host):
        length = narrow.get(version, 32 if version == 4 else 128)
        if ip_address(each).version == version and asking.address in ip_network(f"{each}/{length}", strict=False):
            return True
    return False


def _expanded(asking: _Asking, text: str, domain: str) -> str:
    """A domain with its macros filled in (§7)."""
    if "%" not in text:
        return text
    local, _, of = asking.sender.rpartition("@")
    reading = "ip6" if asking.address.version == 6 else "in-addr"
    dotted = ".".join(asking.address.exploded.replace(":", "")) if asking.address.version == 6 else str(asking.address)
    values = {"s": asking.sender, "l": local, "o": of, "d": domain, "i": dotted, "v": reading, "h": of, "p": "unknown"}

    def filled(macro: re.Match[str]) -> str:
        if macro["letter"] is None:
            return {"%%": "%", "%_": " ", "%-": "%20"}[macro[0]]
        if macro["letter"].lower() not in values:
            raise Broken(text)
        parts = re.split(f"[{re.escape(macro['delimiters'] or '.')}]", values[macro["letter"].lower()])
        parts = parts[::-1] if macro["turned"] else parts
        return ".".join(parts[-int(macro["digits"]) :] if macro["digits"] else parts)

    found = _MACRO.sub(filled, text)
    if "%" in _MACRO.sub("", text):
        raise Broken(text)
    return found
