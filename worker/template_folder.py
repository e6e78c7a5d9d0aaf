"""Where templates are: those that came with Hlasatel, and before them the office's own under `config/templates`.

The office's folder mirrors the shipped one; a file in it stands for the shipped one of the same name. Files are looked
at each time they are wanted, so an edit holds at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWN = "templates"
"""The office's folder, within `config`."""
LONGEST = 200_000
"""Bytes of one template; the longest that came with Hlasatel has some 5,000."""
MOST_CHARACTERS = 100
"""Of one part of a name."""


@dataclass(frozen=True)
class TemplateFolder:
    """Both folders as one. Names have `/` between their parts and never lead out of the folders."""

    shipped: Path
    own: Path | None = None

    def find(self, name: str) -> Path | None:
        """The file or folder behind `name`; None where there is none, or where a name or a link leads out of it."""
        return next((path for _, path in self.each(name)), None)

    def is_folder(self, name: str) -> bool:
        """Whether there is a folder by that name."""
        return any(path.is_dir() for _, path in self.each(name))

    def is_own(self, name: str) -> bool:
        """Whether the office has a file of its own by that name."""
        return any(root == self.own for root, _ in self.each(name))

    def each(self, name: str) -> Iterator[tuple[Path, Path]]:
        """What there is by that name, as (root, path), the office's own first."""
        if _leads_out(name):
            return
        if self.own is not None and (path := self.own / name).exists() and _is_within(path, self.own):
            yield self.own, path
        if (path := self.shipped / name).exists():
            yield self.shipped, path

    def own_files(self) -> list[str]:
        """The names of the office's own files, in order."""
        return [] if self.own is None else sorted(name.removeprefix("/") for name in _files(self.own, ""))

    def below(self, name: str) -> list[str]:
        """The names of every file below the folder `name`, in order, each once."""
        return sorted({each for _, path in self.each(name) for each in _files(path, name)})

    def folders(self, name: str) -> list[str]:
        """The last parts of the names of the folders directly in the folder `name`, in order, each once."""
        above = [path for _, path in self.each(name) if path.is_dir()]
        return sorted({entry.name for path in above for entry in os.scandir(path) if entry.is_dir()})


def _leads_out(name: str) -> bool:
    parts = name.split("/")
    return any(part in ("", ".", "..") or len(part) > MOST_CHARACTERS or "\\" in part or "\0" in part for part in parts)


def _is_within(path: Path, root: Path) -> bool:
    """Whether no link leads out of the office's folder, which people who may not see everything can write to."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except OSError:
        return False


def _files(folder: Path, name: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # there is none, it is a file, or nobody may look into it
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue  # what editors and systems leave behind
        below = f"{name}/{entry.name}"
        yield from _files(folder / entry.name, below) if entry.is_dir(follow_symlinks=False) else [below]
