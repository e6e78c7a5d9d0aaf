"""The timetable: the plan's occurrences with what became of them. Before the first start, as if it were now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from worker.plan.first_start import settle
from worker.plan.model import Plan, Window
from worker.plan.occurrences import occurrences as occurrences_of
from worker.planning.titles import title
from worker.store.tables import installation, occurrences
from worker.times import rfc3339


@dataclass(frozen=True)
class Entry:
    """One occurrence as the timetable shows it."""

    id: str
    activity: str
    title: str
    period: str
    window: Window
    send_at: datetime | None
    kinds: tuple[str, ...]
    lists: tuple[str, ...]
    state: str

    def as_json(self) -> dict[str, Any]:
        """The published form: `timetable --format json` is a list of these."""
        return {
            "id": self.id,
            "activity": self.activity,
            "period": self.period,
            "window": {"from": self.window.start.isoformat(), "to": self.window.end.isoformat()},
            "send_at": rfc3339(self.send_at) if self.send_at else None,
            "kinds": list(self.kinds),
            "lists": list(self.lists),
            "state": self.state,
        }


def timetable(
    tx: Connection, plan: Plan, now: datetime, start: date | None = None, end: date | None = None
) -> list[Entry]:
    """Occurrences whose window touches the span of days from `start` to `end` (inclusive, open when None)."""
    started = tx.execute(select(installation.c.first_start_at)).scalar() is not None
    entries = _stored(tx) if started else _as_if_now(plan, now)
    touching = [
        entry
        for entry in entries
        if (start is None or entry.window.end >= start) and (end is None or entry.window.start <= end)
    ]
    return sorted(touching, key=lambda entry: (entry.send_at is None, entry.send_at or now, entry.id))


def _stored(tx: Connection) -> list[Entry]:
    return [
        Entry(
            id=row.id,
            activity=row.activity,
            title=row.title,
            period=row.period,
            window=Window(row.window_from, row.window_to),
            send_at=row.send_at,
            kinds=tuple(row.kinds),
            lists=tuple(row.lists),
            state=row.state,
        )
        for row in tx.execute(select(occurrences))
    ]


def _as_if_now(plan: Plan, now: datetime) -> list[Entry]:
    entries = []
    for occurrence in occurrences_of(plan):
        settled = settle(occurrence, now)
        entries.append(
            Entry(
                id=occurrence.id,
                activity=occurrence.activity_id,
                title=title(plan.activity(occurrence.activity_id), occurrence),
                period=occurrence.period,
                window=occurrence.window,
                send_at=settled.send_at,
                kinds=occurrence.kinds,
                lists=occurrence.lists,
                state=str(settled.state),
            )
        )
    return entries
