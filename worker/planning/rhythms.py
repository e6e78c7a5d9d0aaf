"""What goes on all the time, or when called for: recorded after the fact, and watched against its rhythm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.plan.model import Activity, Occurrence, Period, Plan, Window
from worker.planning.described import Origin, described
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d))?")


def is_recorded(activity: Activity) -> bool:
    """Whether the activity's occurrences may be recorded once they have happened, without having been planned."""
    return activity.rhythm is not None or activity.on_call


def day_of(period: str) -> date | None:
    """The day of `2026-11-20`, also of `2026-11-20.2`, the second on it; None for any other period."""
    found = _DAY.fullmatch(period)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def add(
    tx: Connection, activity: Activity, turn: Period, state: OccurrenceState, origin: Origin, now: datetime
) -> str | None:
    """Make an occurrence without a send time; its id, or None when there is one of that id already."""
    occurrence = Occurrence(
        id=f"{activity.id}/{turn.label}", activity_id=activity.id, period=turn.label, window=turn.window, send_at=None,
        assumed=False, kinds=(), lists=activity.lists,
    )  # fmt: skip
    values = described(activity, occurrence, None)
    if origin is Origin.WATCH:
        values["kinds"] = []  # nothing is drafted: it is a question to a person
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = insert(occurrences).values(
        id=occurrence.id, activity=activity.id, period=turn.label, state=state, state_at=now, origin=origin, **values
    )
    made: str | None = tx.execute(
        statement.on_conflict_do_nothing(index_elements=["id"]).returning(occurrences.c.id)
    ).scalar()
    return made


def recorded(tx: Connection, plan: Plan, activity: Activity, window: Window) -> int:
    """How often it is recorded as done within `window`, with the activities that count for it."""
    counted = [activity.id, *(each.id for each in plan.activities if each.counts_for == activity.id)]
    row = occurrences.c
    found = select(func.count()).where(
        row.activity.in_(counted), row.state == OccurrenceState.DONE,
        row.window_to >= window.start, row.window_to <= window.end,
    )  # fmt: skip
    return tx.execute(found).scalar_one()


def unanswered(tx: Connection) -> Sequence[Row[Any]]:
    """What people were asked about a rhythm and have not answered, oldest first."""
    row = occurrences.c
    found = select(occurrences).where(row.origin == Origin.WATCH, row.state == OccurrenceState.ASKED)
    return tx.execute(found.order_by(row.window_to, row.id)).all()
