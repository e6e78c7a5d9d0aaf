"""Addresses and networks as the settings write them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator

from worker.messages import say
from worker.settings.faults import Line


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError(say("config.bad_network", value=text)) from None


Network = Annotated[Line, AfterValidator(_network)]
"""An address or a network (CIDR), as it is written everywhere else."""
