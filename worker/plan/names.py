"""What people call the ids a plan names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Names:
    """Id → name of kinds, lists, people and projects; an id without a name stands for itself."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)


def named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    """`Média (media), Obce Libereckého kraje (obce)`: the id in brackets is what the plan's file says."""
    return ", ".join(f"{names[each]} ({each})" if each in names else each for each in ids)
