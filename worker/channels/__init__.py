"""How a draft leaves the house: a message in, a receipt or an error with its remedy out. One file per channel."""

from __future__ import annotations

from functools import cache

from worker.channels.base import AnyChannel, Channel
from worker.plugins import subclasses_in

__all__ = ["AnyChannel", "Channel", "all_channels"]


@cache
def _found() -> dict[str, AnyChannel]:
    found: list[type[AnyChannel]] = subclasses_in(__name__, __path__, Channel)
    return {each.id: each() for each in found}


def all_channels() -> dict[str, AnyChannel]:
    """Every channel by its id."""
    return dict(_found())
