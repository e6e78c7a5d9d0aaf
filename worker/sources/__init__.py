"""The sources of material, found by themselves: every `Source` in a module of this package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from worker.sources.base import JSON, Published, Source, SourceContext

__all__ = ["JSON", "Published", "Source", "SourceContext", "all_sources", "gather"]


@cache
def _found() -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            own = isinstance(value, type) and issubclass(value, Source) and value.__module__ == module.name
            if own and value is not Source:
                sources[value.id] = value()
    return sources


def all_sources() -> dict[str, Source]:
    """Every source by its id."""
    return dict(_found())


def gather(source_ids: Iterable[str], context: SourceContext) -> dict[str, JSON]:
    """The material of the named sources; KeyError for an id that no source has."""
    sources = all_sources()
    return {source_id: sources[source_id].gather(context) for source_id in source_ids}
