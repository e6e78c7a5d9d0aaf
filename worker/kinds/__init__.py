"""The kinds of communication, found by themselves: every `Kind` in a module of this package."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from worker.kinds.base import Field, Finding, Kind, Material

__all__ = ["Field", "Finding", "Kind", "Material", "all_kinds"]


@cache
def _found() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            own = isinstance(value, type) and issubclass(value, Kind) and value.__module__ == module.name
            if own and value is not Kind:
                kinds[value.id] = value()
    return kinds


def all_kinds() -> dict[str, Kind]:
    """Every kind by its id."""
    return dict(_found())
