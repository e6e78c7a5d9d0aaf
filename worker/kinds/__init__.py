"""The kinds of communication, found by themselves: every `Kind` in a module of this package."""

from __future__ import annotations

from functools import cache

from worker.kinds.base import Field, Finding, Kind, Material
from worker.messages import say
from worker.plugins import subclasses_in

__all__ = ["Field", "Finding", "Kind", "Material", "all_kinds", "kind_name"]


@cache
def _found() -> dict[str, Kind]:
    return {kind.id: kind() for kind in subclasses_in(__name__, __path__, Kind)}


def all_kinds() -> dict[str, Kind]:
    """Every kind by its id."""
    return dict(_found())


def kind_name(kind_id: str) -> str:
    """What people call a kind; the id itself of one that is no longer built in."""
    kind = _found().get(kind_id)
    return say(kind.label_key) if kind else kind_id
