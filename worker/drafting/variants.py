"""Variants of templates: a folder `templates/<channel>/<kind>.<variant>/` with some of the kind's files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from worker.kinds import Kind, all_kinds
from worker.template_folder import TemplateFolder

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def variant_folder(kind: Kind, variant: str) -> str:
    """The folder of `kind`'s variant under the templates' root, with `/` between parts."""
    return f"{kind.templates}.{variant}"


def has_variant(folder: TemplateFolder, kind: Kind, variant: str) -> bool:
    """Whether `kind` has files of its own in `variant`; `folder` is the templates' root."""
    return _NAME.fullmatch(variant) is not None and folder.is_folder(variant_folder(kind, variant))


def variants(folder: TemplateFolder) -> Mapping[str, frozenset[str]]:
    """Every variant under the templates' root `folder` by its name, with the ids of the kinds that have it."""
    found: dict[str, frozenset[str]] = {}
    beside = {
        above: folder.folders(above) for above in {kind.templates.rpartition("/")[0] for kind in all_kinds().values()}
    }
    for kind in all_kinds().values():
        above, _, own = kind.templates.rpartition("/")
        for each in beside[above]:
            name = each.removeprefix(f"{own}.")
            if name != each and has_variant(folder, kind, name):
                found[name] = found.get(name, frozenset()) | {kind.id}
    return found
