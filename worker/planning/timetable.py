"""The timetable: the plan's occurrences with what became of them. Before the first start, as if it were now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from worker.plan.first_start import settle
from worker.plan.floors import FloorTurn, Seen, Standing, floors
from worker.plan.model import Activity, Occurrence, Plan, Window
from worker.plan.occurrences import occurrences as occurrences_of
from worker.planning.described import stage_times
from worker.planning.titles import title
from worker.store.states import OccurrenceState
from worker.store.tables import events, installation, occurrences, plan_versions
from worker.times import local_day, rfc3339

STANDINGS = {
    OccurrenceState.DONE: Standing.DONE,
    OccurrenceState.HISTORICAL: Standing.UNRECORDED,
    OccurrenceState.DROPPED: Standing.GONE,
    OccurrenceState.MISSED: Standing.GONE,
}
"""What a state comes to for an "at least"; in any other it is still to come."""


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
    assumed: bool = False
    """The send time is our assumption, not the plan's word."""
    optional: bool = False
    crisis: bool = False
    approvers: tuple[str, ...] = ()
    in_charge: str = ""
    about: str = ""
    """The row in the plan's words as it was last taken up; empty before the first start."""
    stages: Mapping[str, datetime] = field(default_factory=dict)
    """Stage name → UTC instant; empty without a send time."""
    note: str = ""
    """Why it was dropped, moved or noted as done: a person's reason, or the plan's own."""
    revision: int = 0
    """How often anything was recorded about it: never goes down, whatever the clock does."""
    revised_at: datetime | None = None
    """When it or its plan was last changed; None before the first start."""

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
    tx: Connection, plan: Plan, now: datetime, start: date | None = None, end: date | None = None,
    *, with_record: bool = True,
) -> list[Entry]:  # fmt: skip
    """Occurrences whose window touches the span of days from `start` to `end` (inclusive, open when None).

    Without the record, which takes longer to read the older an office is, they have no revision and no person's note.
    """
    started = tx.execute(select(installation.c.first_start_at)).scalar() is not None
    entries = _stored(tx, plan, with_record) if started else _as_if_now(plan, now)
    return sorted(
        touching(entries, start, end), key=lambda entry: (entry.send_at is None, entry.send_at or now, entry.id)
    )


def touching(entries: Iterable[Entry], start: date | None, end: date | None) -> list[Entry]:
    """Those whose window touches the span of days from `start` to `end` (inclusive, open when None)."""
    if start is not None and end is not None and start > end:
        return []
    return [
        entry
        for entry in entries
        if (start is None or entry.window.end >= start) and (end is None or entry.window.start <= end)
    ]


def floor_turns(plan: Plan, entries: Iterable[Entry]) -> list[FloorTurn]:
    """How every "at least" of the plan is kept by all its occurrences: `entries` must not be cut to a span."""
    return floors(
        plan,
        [
            Seen(
                activity_id=entry.activity,
                window=entry.window,
                day=local_day(entry.send_at) if entry.send_at else None,
                standing=STANDINGS.get(OccurrenceState(entry.state), Standing.OPEN),
            )
            for entry in entries
        ],
    )


def _stored(tx: Connection, plan: Plan, with_record: bool) -> list[Entry]:
    revisions = _revisions(tx) if with_record else {}
    reasons = _reasons(tx) if with_record else {}
    taken_up_at = tx.execute(select(func.max(plan_versions.c.taken_up_at))).scalar()
    activities = {activity.id: activity for activity in plan.activities}
    entries = []
    for row in tx.execute(select(occurrences)):
        revision, last_at = revisions.get(row.id, (0, row.state_at))
        entries.append(
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
                assumed=row.assumed,
                optional=row.optional,
                crisis=row.crisis,
                approvers=tuple(row.approvers),
                in_charge=row.in_charge,
                about=row.about,
                stages=_instants(row.stages),
                note=reasons.get(row.id) or _reason_in_plan(activities.get(row.activity), row.period),
                revision=revision,
                revised_at=max(row.state_at, last_at, taken_up_at or last_at),
            )
        )
    return entries


def _revisions(tx: Connection) -> dict[str, tuple[int, datetime]]:
    """Occurrence → how many events there are about it, and the time of the last."""
    numbers = (
        select(events.c.occurrence_id, func.count(), func.max(events.c.at))
        .where(events.c.occurrence_id.is_not(None))
        .group_by(events.c.occurrence_id)
    )
    return {occurrence: (count, last_at) for occurrence, count, last_at in tx.execute(numbers)}


def _reasons(tx: Connection) -> dict[str, str]:
    """Occurrence → the reason last given for a choice about it, or for its being dropped."""
    chosen = or_(events.c.kind.like("choice.%"), events.c.kind == "occurrence.dropped")
    found = select(events.c.occurrence_id, events.c.data).where(chosen).order_by(events.c.seq)
    return {occurrence: json.loads(data).get("reason", "") for occurrence, data in tx.execute(found)}


def _instants(written: Mapping[str, str]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in written.items()}


def _reason_in_plan(activity: Activity | None, period: str) -> str:
    exemption = activity.exemptions.get(period) if activity is not None else None
    return exemption.reason if exemption is not None else ""


def _as_if_now(plan: Plan, now: datetime) -> list[Entry]:
    return [_first(plan.activity(occurrence.activity_id), occurrence, now) for occurrence in occurrences_of(plan)]


def _first(activity: Activity, occurrence: Occurrence, now: datetime) -> Entry:
    settled = settle(occurrence, now)
    return Entry(
        id=occurrence.id,
        activity=occurrence.activity_id,
        title=title(activity, occurrence),
        period=occurrence.period,
        window=occurrence.window,
        send_at=settled.send_at,
        kinds=occurrence.kinds,
        lists=occurrence.lists,
        state=OccurrenceState.DROPPED if occurrence.dropped else OccurrenceState(settled.state),
        assumed=occurrence.assumed,
        optional=occurrence.optional,
        crisis=activity.crisis,
        approvers=activity.approvers,
        in_charge=activity.in_charge,
        stages=_instants(stage_times(activity, settled.send_at)),
        note=occurrence.dropped or _reason_in_plan(activity, occurrence.period),
    )
