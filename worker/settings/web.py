"""How visitors reach the pages: names, proxies, the office's own sign-on."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from worker.messages import say
from worker.settings.faults import Id, Line, Strict
from worker.settings.networks import Network


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,60}", text):
        raise ValueError(say("config.bad_header", value=text))
    return text.lower()


def _host(text: str) -> str:
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", text):
        raise ValueError(say("config.bad_host", value=text))
    return text.lower()


class WebSettings(Strict):
    """How visitors reach the pages, besides the base address."""

    hosts: tuple[Annotated[Line, AfterValidator(_host)], ...] = Field(default=(), strict=False)
    """Other names, `name` or `name:port`, that the pages answer to; links lead to the base address all the same."""
    proxies: tuple[Network, ...] = Field(default=(), strict=False)
    """Addresses or networks (CIDR) that the connections of the office's own proxies come from."""


class SignOn(Strict):
    """The office's own sign-on: one of `[web] proxies` names the user in `header`; anybody else's is ignored."""

    header: Annotated[Line, AfterValidator(_header)]
    people: dict[Line, Id] = Field(min_length=1)
    """The proxy's user name → id of a person; only the coordinator's pages are behind it."""
