"""`projects.yaml`: projects with a funder who wants to be named in everything that tells of them."""

from __future__ import annotations

from pathlib import Path

from worker.errors import InvalidFiles
from worker.settings.entries import has_entries, ids_written, read_optional
from worker.settings.faults import Id, Line, Strict

FILE = "projects.yaml"


class Project(Strict):
    """One project. `sentence` is what its funder wants said of the funding, `number` the one it is registered under.

    `emblem` is what the emblem's picture shows, for those who do not see it.
    """

    id: Id
    name: Line
    number: Line
    sentence: Line
    emblem: Line = ""


def load_projects(config: Path) -> dict[str, Project]:
    """The projects by id, in the order written; none without entries. InvalidFiles with every fault."""
    return read_optional(config / FILE, Project)


def known_projects(config: Path) -> frozenset[str] | None:
    """The ids in `projects.yaml`, none without the file; None when it is so faulty that they are not known."""
    path = config / FILE
    try:
        return ids_written(path) if has_entries(path) else frozenset()
    except InvalidFiles:
        return None
