"""Which template files may word or lay out a kind, and one digest over all of them.

An approval must not outlive its templates, so this is asked in every round of the worker: a file is read again only
when its size or time of change is another.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from worker.drafting.digest import canonical
from worker.drafting.variants import variant_folder
from worker.kinds import Kind


@dataclass(frozen=True)
class _File:
    """What a file holds, as a digest, and the names of the files that it takes in."""

    digest: str
    takes_in: tuple[str, ...]


def templates_digest(folder: Path, kind: Kind, variant: str | None) -> str:
    """Hex SHA-256 over every file of the kind, of its variant, and of what these take in, with their names.

    `folder` is the templates' root. A file is named as it lies there, so one that is added, taken away or comes to
    stand before another counts as well. What is broken or missing is found by rendering, not here.
    """
    own = [kind.templates] if variant is None else [kind.templates, variant_folder(kind, variant)]
    wanted = [name for each in own for name in _names_in(folder, each)]
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if name not in found and (file := _file(folder / name)) is not None:
            found[name] = file.digest
            wanted += file.takes_in
    return hashlib.sha256(canonical(found)).hexdigest()


def _names_in(folder: Path, below: str) -> list[str]:
    """Every file below, named from `folder`; none where there is no such folder."""
    names: list[str] = []
    try:
        with os.scandir(folder / below) as entries:
            for entry in entries:
                name = f"{below}/{entry.name}"
                names += _names_in(folder, name) if entry.is_dir() else [name]
    except FileNotFoundError:
        return []
    return names


def _file(path: Path) -> _File | None:
    """None for one that is not there, or went away meanwhile."""
    try:
        seen = path.stat()
        return _read(path, seen.st_mtime_ns, seen.st_size)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=500)
def _read(path: Path, changed: int, size: int) -> _File:
    """The file as it was when it had this time of change (nanoseconds) and this size (bytes)."""
    content = path.read_bytes()
    return _File(hashlib.sha256(content).hexdigest(), _taken_in(content))


def _taken_in(content: bytes) -> tuple[str, ...]:
    """The files it names; one whose name is put together lies in the kind's own folder, which counts as a whole."""
    from jinja2 import Environment, TemplateSyntaxError, meta  # most ticks look at no template

    try:
        return tuple(name for name in meta.find_referenced_templates(Environment().parse(content.decode())) if name)
    except (TemplateSyntaxError, UnicodeDecodeError):
        return ()
