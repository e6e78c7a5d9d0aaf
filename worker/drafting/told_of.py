"""Whether what is written for an occurrence tells of people, so that it takes their recorded consent (000:431, 439)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from worker.drafting import packages
from worker.kinds import find
from worker.store.tables import drafts

_TEXTS: Select[Any] = select(drafts.c.kind, drafts.c.fields).where(drafts.c.package_id == bindparam("package"))


def tells_of_people(occurrence: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Whether the row of the plan says so (`stories`), or a draft does by its kind and what stands in it."""
    kinds = [(find(draft.kind), draft) for draft in drafts]
    return bool(occurrence.stories) or any(kind is not None and kind.tells_of_people(of.fields) for kind, of in kinds)


def newest_tells_of_people(tx: Connection, occurrence: Row[Any]) -> bool:
    """The same of its newest version; of an occurrence without one only the row counts.

    Every round asks it of each package under way, so nothing is read of the drafts that it does not look at.
    """
    if occurrence.stories:
        return True
    package = packages.latest(tx, occurrence.id)
    if package is None:
        return False
    return tells_of_people(occurrence, tx.execute(_TEXTS, {"package": package.id}).all())
