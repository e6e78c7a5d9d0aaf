"""Which template files may word or lay out a kind, and one digest over all of them.

An approval must not outlive its templates, so this is asked in every round of the worker: a file is read again only
when its size or time of change is another.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

from worker.drafting.digest import canonical
from worker.drafting.pictures import wanted as pictures_wanted
from worker.drafting.variants import variant_folder
from worker.forms import all_forms
from worker.kinds import Kind
from worker.template_folder import LONGEST, TemplateFolder

_TAKES_IN = re.compile(r"\{%[-+]?\s*(?:include|extends|import|from)\b(.*?)%\}", re.DOTALL)
_QUOTED = re.compile(r"""["']([\w./-]+)["']""")


@dataclass(frozen=True)
class _File:
    """What a file holds, as a digest, and the names of the files that it takes in."""

    digest: str
    takes_in: tuple[str, ...]


def templates_digest(folder: TemplateFolder, kind: Kind, variant: str | None, project: str | None = None) -> str:
    """Hex SHA-256 over every file of the kind, of its variant, and of what these take in, with their names; and over
    the pictures that a text of the project shows.

    `folder` is the templates' root. A file is named as it lies there, so one that is added, taken away or comes to
    stand before another, a variant's or the office's own, counts as well. What is broken or missing is found by
    rendering, not here.
    """
    own = [kind.templates] if variant is None else [kind.templates, variant_folder(kind, variant)]
    wanted = [name for each in own for name in folder.below(each)]
    wanted += sorted({all_forms()[form].frame for form in (*kind.forms, *kind.attached, *kind.inline)} - {""})
    wanted += pictures_wanted(project)
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and (file := _file(folder.find(name))) is not None:
            found[name] = file.digest
            wanted += file.takes_in
    return hashlib.sha256(canonical(found)).hexdigest()


def _file(path: Path | None) -> _File | None:
    """None for one that is gone, cannot be read or is no file: rendering says so.

    A pipe would keep whoever opens it waiting for ever.
    """
    if path is None:
        return None
    try:
        seen = path.stat()
        return _read(path, seen.st_mtime_ns, seen.st_size) if S_ISREG(seen.st_mode) else None
    except OSError:
        return None


@lru_cache(maxsize=500)
def _read(path: Path, changed: int, size: int) -> _File:
    """The file as it was when it had this time of change (nanoseconds) and this size (bytes)."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return _File(digest, _taken_in(file.read(LONGEST)))


def _taken_in(content: bytes) -> tuple[str, ...]:
    """The files it names; one whose name is put together lies in the kind's own folder, which counts as a whole.

    Read without Jinja, which takes longer to import than a tick may: every quoted word of a tag that takes a file in
    counts, and one that is no file is passed over.
    """
    tags = _TAKES_IN.findall(content.decode("utf-8", "replace"))
    return tuple(name for tag in tags for name in _QUOTED.findall(tag))
