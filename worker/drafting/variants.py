"""Variants of templates: a folder `templates/<channel>/<kind>.<variant>/` with some of the kind's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from worker.kinds import Kind, all_kinds

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def variant_folder(kind: Kind, variant: str) -> str:
    """The folder of `kind`'s variant under the templates' root, with `/` between parts."""
    return f"{kind.templates}.{variant}"


def has_variant(folder: Path, kind: Kind, variant: str) -> bool:
    """Whether `kind` has files of its own in `variant`; `folder` is the templates' root."""
    return _NAME.fullmatch(variant) is not None and (folder / variant_folder(kind, variant)).is_dir()


def variants(folder: Path) -> Mapping[str, frozenset[str]]:
    """Every variant under the templates' root `folder` by its name, with the ids of the kinds that have it."""
    found: dict[str, frozenset[str]] = {}
    for kind in all_kinds().values():
        own = folder / kind.templates
        for each in sorted(own.parent.glob(f"{own.name}.*")):
            name = each.name.removeprefix(f"{own.name}.")
            if has_variant(folder, kind, name):
                found[name] = found.get(name, frozenset()) | {kind.id}
    return found
