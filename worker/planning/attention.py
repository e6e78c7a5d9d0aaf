"""What about the plan needs the coordinator: an edit that waits or is faulty, and work whose row has gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from worker.office import Office
from worker.planning import guard
from worker.planning.changes import gone
from worker.planning.current import last_version, plan_file
from worker.store.states import CLOSED_OCCURRENCES
from worker.store.tables import notices, occurrences


def faulty_key(version_id: int, digest: str) -> str:
    """The reason of the one mail about a faulty file while that version is in force."""
    return f"faulty-plan/{version_id}/{digest}"


def attention(tx: Connection, office: Office) -> dict[str, Any]:
    """As JSON: `waits` (what the waiting edit would drop) and `faulty` (its number of faults), null when there is no
    such edit as the worker last saw it; `gone`, the ids still open whose row the plan gave up.
    """
    found: dict[str, Any] = {"waits": None, "faulty": None, "gone": still_open(tx)}
    version, file = last_version(tx), plan_file(office)
    if version is None or version.digest == file.digest:
        return found
    if (told := _told(tx, guard.key(version.id, file.digest))) and guard.accepted(tx, file.digest) is None:
        found["waits"] = {name: told[name] for name in ("lost", "open", "activities")}
    elif told := _told(tx, faulty_key(version.id, file.digest)):
        found["faulty"] = told["count"]
    return found


def _told(tx: Connection, key: str) -> dict[str, Any] | None:
    return tx.execute(select(notices.c.data).where(notices.c.key == key)).scalar()


def still_open(tx: Connection) -> list[str]:
    """The ids of what the plan gave up and nobody has decided about."""
    row = occurrences.c
    found = select(row.id).where(row.id.in_(gone(tx)), row.state.not_in(CLOSED_OCCURRENCES)).order_by(row.id)
    return list(tx.execute(found).scalars())
