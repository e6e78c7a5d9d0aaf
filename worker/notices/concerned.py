"""Whoever has a version on her mind: was asked about it or has decided. What becomes of it is told to each of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from worker.notices import queue
from worker.notices.kinds import ASKING
from worker.office import Office
from worker.store.states import NoticeState
from worker.store.tables import decisions, notices, packages


def of_occurrence(tx: Connection, occurrence_id: str) -> set[str]:
    """Everybody who was asked to decide about any version of it, or decided. A mail withdrawn unsent asked nobody."""
    versions = select(packages.c.id).where(packages.c.occurrence_id == occurrence_id)
    return _of(tx, tx.execute(versions).scalars())


def of_version(tx: Connection, package_id: int) -> set[str]:
    """The same of one version."""
    return _of(tx, (package_id,))


def _of(tx: Connection, package_ids: Iterable[int]) -> set[str]:
    versions = list(package_ids)
    about = notices.c.package_id.in_(versions), notices.c.kind.in_(ASKING), notices.c.state != NoticeState.WITHDRAWN
    asked = set(tx.execute(select(notices.c.person).where(*about)).scalars())
    decided = set(tx.execute(select(decisions.c.person).where(decisions.c.package_id.in_(versions))).scalars())
    return asked | decided


def tell(
    tx: Connection, office: Office, people: Iterable[str], kind: str, about: str, now: datetime, **columns: Any
) -> None:
    """One notice of `kind` to each of `people` who still is in the office, once for what it is `about`."""
    for person in sorted(set(people) & office.people.keys()):
        queue.put(tx, f"{kind}/{about}/{person}", kind, person, now, **columns)


def tell_cancelled(
    tx: Connection, office: Office, occurrence_id: str, seq: int, now: datetime,
    *, happened: str, reason: str, besides: str,
) -> None:  # fmt: skip
    """Nothing of it will go out: what still asks is withdrawn, and everybody but `besides`, who knows, hears why.

    `happened` is a sentence in the office's language, `seq` the number of the event it tells of.
    """
    queue.withdraw(tx, occurrence_id, now)
    people = of_occurrence(tx, occurrence_id) - {besides}
    tell(
        tx, office, people, "cancelled", f"{occurrence_id}/{seq}", now, occurrence_id=occurrence_id,
        happened=happened, reason=reason,
    )  # fmt: skip
