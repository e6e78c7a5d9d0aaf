"""Whether what is written for an occurrence tells of people, so that it takes their recorded consent (000:431, 439)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting import packages
from worker.kinds import find


def tells_of_people(occurrence: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Whether the row of the plan says so (`stories`), or a draft does by its kind and what stands in it."""
    kinds = [(find(draft.kind), draft) for draft in drafts]
    return bool(occurrence.stories) or any(kind is not None and kind.tells_of_people(of.fields) for kind, of in kinds)


def newest_tells_of_people(tx: Connection, occurrence: Row[Any]) -> bool:
    """The same of its newest version; of an occurrence without one only the row counts."""
    package = packages.latest(tx, occurrence.id)
    return tells_of_people(occurrence, packages.drafts_of(tx, package.id) if package is not None else ())
