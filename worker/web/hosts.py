"""The names the pages are opened by: of the base address, of `[web] hosts`, and the number of the socket itself.

A page that answers to any name lets a stranger's name lead to it (DNS rebinding) and makes a cache or a careless
proxy repeat what was made for another. Links never come from the request in any case: they are made of the base
address alone.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from worker.settings import Settings

_USUAL_PORTS = {"http": ":80", "https": ":443"}


def known_hosts(settings: Settings) -> frozenset[str]:
    """Every value of the Host header that is answered, in lower case; an entry without a port means any of the two."""
    base = urlsplit(settings.base_url)
    named = [base.netloc.lower(), *settings.web.hosts]
    usual = _USUAL_PORTS[base.scheme]
    return frozenset(each for name in named for each in (name, name.removesuffix(usual), _with_port(name, usual)))


def own_numbers(scope: Scope) -> frozenset[str]:
    """The address and port the connection came to, as many proxies name us; no stranger's name can lead here so."""
    server = scope.get("server")
    if server is None or server[1] is None:
        return frozenset()
    number, port = server
    names = {f"[{number}]" if ":" in number else number} | ({"localhost"} if ip_address(number).is_loopback else set())
    return frozenset(f"{name}:{port}" for name in names)


def asked_host(scope: Scope) -> str:
    """The one host a request is for, in lower case; empty when it names none or several.

    `X-Forwarded-Host` and `Forwarded` are not looked at: a proxy passes the Host header on, or is named itself.
    """
    named = Headers(scope=scope).getlist("host")
    return named[0].strip().lower() if len(named) == 1 else ""


def in_origin_form(scope: Scope) -> Scope:
    """A request in absolute form (`GET http://host/path`) as the same one in origin form.

    What its target names replaces the Host header (RFC 9112 §3.2.2).
    """
    path = str(scope["path"])
    if not path.lower().startswith(("http://", "https://")):
        return scope
    host, slash, rest = path.split("://", 1)[1].partition("/")
    headers = [each for each in scope["headers"] if each[0] != b"host"]
    return {**scope, "path": slash + rest or "/", "headers": [(b"host", host.encode("utf-8")), *headers]}


def _with_port(name: str, usual: str) -> str:
    return name if name.rpartition("]")[2].find(":") >= 0 else name + usual
