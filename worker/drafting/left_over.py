"""Files among the office's own templates that no draft would use: most are names mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from worker.drafting.pictures import FOLDER as PICTURES
from worker.drafting.pictures import LOGO
from worker.drafting.variants import variant_folder, variants
from worker.kinds import Kind, all_kinds
from worker.messages import say
from worker.nearest import nearest
from worker.template_folder import TemplateFolder

_PICTURE = re.compile(rf"{LOGO}|{PICTURES}/emblem-[a-z0-9-]+\.png")
NOT_OF_DRAFTS = frozenset({"demo", "dossier", "gallery", "notices", "report", "samples", "web"})
"""Folders of templates that the office's own never stand before."""


def left_over(templates: TemplateFolder) -> Iterator[str]:
    """A sentence for every file of the office's own that no draft would use."""
    kinds = {kind.templates: kind for kind in all_kinds().values()}
    for name, each in variants(templates).items():
        kinds |= {variant_folder(all_kinds()[kind], name): all_kinds()[kind] for kind in each}
    for name in templates.own_files():
        if _PICTURE.fullmatch(name):
            continue
        if (problem := _why_unused(name, templates, kinds)) is not None:
            yield problem


def _why_unused(name: str, templates: TemplateFolder, kinds: dict[str, Kind]) -> str | None:
    folder = next((each for each in kinds if name.startswith(f"{each}/")), None)
    if folder is None:
        if name.partition("/")[0] not in NOT_OF_DRAFTS and _ships(templates, name):
            return None
        return _unused(templates, name, [*(f"{each}/{name.rpartition('/')[2]}" for each in kinds)])
    kind = kinds[folder]
    fields = [f"{folder}/fields/{field.id}.{'md' if field.markdown else 'txt'}" for field in kind.fields]
    if name.startswith(f"{folder}/fields/") and name not in fields:
        return _unused(templates, name, fields)
    return None


def _unused(templates: TemplateFolder, name: str, known: Iterable[str]) -> str:
    file, meant = f"{templates.own}/{name}", nearest(name, known)
    return (
        say("templates.unused_but", file=file, meant=f"{templates.own}/{meant}")
        if meant
        else say("templates.unused", file=file)
    )


def _ships(templates: TemplateFolder, name: str) -> bool:
    return TemplateFolder(templates.shipped).find(name) is not None
