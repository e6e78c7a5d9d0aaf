"""The kinds of communication, found by themselves: every `Kind` in a module of this package.

One that may be written for each body has further ids, `press-release--rsk-ps-socialni-zaclenovani`: `find` knows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from worker.kinds.base import Kind
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say
from worker.plugins import subclasses_in

__all__ = ["Field", "Finding", "Kind", "Material", "all_kinds", "find", "kind_name", "main_id", "plannable"]

_OF = "--"


@cache
def _found() -> dict[str, Kind]:
    return {kind.id: kind() for kind in subclasses_in(__name__, __path__, Kind)}


def all_kinds() -> dict[str, Kind]:
    """Every kind by its id, those for single bodies left out: there are as many as contributors."""
    return dict(_found())


@lru_cache(maxsize=500)
def find(kind_id: str) -> Kind | None:
    """The kind of that id, also one for a single body; None for one that is not built in, or not any more."""
    main, parted, body = kind_id.partition(_OF)
    kind = _found().get(main)
    if kind is None or not parted:
        return kind
    if not kind.for_each or not body:
        return None
    own = type(kind)
    of_body: type[Kind] = type(own.__name__, (own,), {"id": kind_id, "body": body, "__module__": own.__module__})
    return of_body()


def main_id(kind_id: str) -> str:
    """The id of the kind that one for a single body is of; of any other, its own."""
    return kind_id.partition(_OF)[0]


def plannable(people: Iterable[str]) -> frozenset[str]:
    """Every id that a plan may name where there are these `people`."""
    bodies = list(people)
    each = (f"{kind.id}{_OF}{body}" for kind in _found().values() if kind.for_each for body in bodies)
    return frozenset(_found()) | frozenset(each)


def kind_name(kind_id: str, body: str = "") -> str:
    """What people call a kind; the id itself of one that is no longer built in. `body` names whose own it is."""
    kind = find(kind_id)
    if kind is None:
        return kind_id
    label = say(kind.label_key)
    return say("drafting.kind_of_body", kind=label, body=body or kind.body) if kind.body else label
