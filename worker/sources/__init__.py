"""The sources of material, found by themselves: every `Source` in a module of this package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from worker.plugins import subclasses_in
from worker.sources.base import JSON, Published, Source, SourceContext

__all__ = ["JSON", "Published", "Source", "SourceContext", "all_sources", "gather"]


@cache
def _found() -> dict[str, Source]:
    return {source.id: source() for source in subclasses_in(__name__, __path__, Source)}


def all_sources() -> dict[str, Source]:
    """Every source by its id."""
    return dict(_found())


def gather(source_ids: Iterable[str], context: SourceContext) -> dict[str, JSON]:
    """The material of the named sources; KeyError for an id that no source has."""
    sources = all_sources()
    return {source_id: sources[source_id].gather(context) for source_id in source_ids}
