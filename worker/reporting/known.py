"""All that the database knows of each occurrence, read at once: its row, its events, mailings and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from worker.office import Office
from worker.plan.model import Plan, Window
from worker.planning.described import Origin
from worker.planning.timetable import timetable
from worker.record import events as record
from worker.record import places, progress
from worker.record.events import Event
from worker.record.noted import NOTED
from worker.record.places import Place
from worker.record.progress import Progress
from worker.store.states import OccurrenceState
from worker.store.tables import installation, occurrences, withdrawals
from worker.times import local_day

TOLD_OF = (*NOTED, "choice.dropped", "choice.moved", "occurrence.dropped", "occurrence.missed")
_ROW = occurrences.c
_COLUMNS: tuple[Any, ...] = (
    _ROW.id, _ROW.activity, _ROW.title, _ROW.period, _ROW.window_from, _ROW.window_to, _ROW.planned_send_at,
    _ROW.send_at, _ROW.assumed, _ROW.kinds, _ROW.state, _ROW.optional, _ROW.origin, _ROW.topics, _ROW.themes,
    _ROW.done_on, _ROW.stages["deadline"].as_string().label("deadline"),
)  # fmt: skip
"""A row has many more, most of them lists that take long to read."""


@dataclass(frozen=True)
class Known:
    """One occurrence. `planned_at` is the plan's own send time, whatever a person chose since."""

    id: str
    activity: str
    title: str
    period: str
    window: Window
    planned_at: datetime | None
    send_at: datetime | None
    assumed: bool
    kinds: tuple[str, ...]
    state: OccurrenceState
    optional: bool
    origin: Origin
    themes: tuple[str, ...]
    done_on: date | None = None
    withdrawn_on: date | None = None
    """When it was taken back from our own public page."""
    lateness_until: datetime | None = None
    """The send deadline, counted from `send_at`."""
    events: tuple[Event, ...] = ()
    """Those of `TOLD_OF`."""
    mailings: tuple[Progress, ...] = ()
    places: tuple[Place, ...] = ()


def started_at(tx: Connection) -> datetime | None:
    """The first start; None before it."""
    found: datetime | None = tx.execute(select(installation.c.first_start_at)).scalar()
    return found


def everything(tx: Connection, office: Office, plan: Plan, now: datetime) -> list[Known]:
    """Every occurrence there is; before the first start those of the plan, as if it were now."""
    return _stored(tx, office, now) if started_at(tx) is not None else _as_if_now(tx, plan, now)


def _stored(tx: Connection, office: Office, now: datetime) -> list[Known]:
    told: dict[str, list[Event]] = defaultdict(list)
    for each in record.of_kind(tx, *TOLD_OF):
        told[each.occurrence_id or ""].append(each)
    mailed: dict[str, list[Progress]] = defaultdict(list)
    for mailing in progress.every(tx):
        mailed[mailing.mailing.occurrence_id].append(mailing)
    placed: dict[str, list[Place]] = defaultdict(list)
    for place in places.every(tx, office, now):
        placed[place.row.occurrence_id].append(place)
    withdrawn = {row.occurrence_id: local_day(row.at) for row in tx.execute(select(withdrawals))}
    rows = tx.execute(select(*_COLUMNS).order_by(occurrences.c.window_from, occurrences.c.id))
    return [
        Known(
            id=row.id,
            activity=row.activity,
            title=row.title,
            period=row.period,
            window=Window(row.window_from, row.window_to),
            planned_at=row.planned_send_at,
            send_at=row.send_at,
            assumed=row.assumed,
            kinds=tuple(row.kinds),
            state=OccurrenceState(row.state),
            optional=row.optional,
            origin=Origin(row.origin),
            themes=tuple(row.topics if row.themes is None else row.themes),
            done_on=row.done_on,
            withdrawn_on=withdrawn.get(row.id),
            lateness_until=datetime.fromisoformat(row.deadline) if row.deadline is not None else None,
            events=tuple(told[row.id]),
            mailings=tuple(mailed[row.id]),
            places=tuple(placed[row.id]),
        )
        for row in rows
    ]


def _as_if_now(tx: Connection, plan: Plan, now: datetime) -> list[Known]:
    topics = {activity.id: activity.topics for activity in plan.activities}
    entries: Sequence[Known] = [
        Known(
            id=each.id,
            activity=each.activity,
            title=each.title,
            period=each.period,
            window=each.window,
            planned_at=each.send_at,
            send_at=each.send_at,
            assumed=each.assumed,
            kinds=each.kinds,
            state=OccurrenceState(each.state),
            optional=each.optional,
            origin=Origin.PLAN,
            themes=topics.get(each.activity, ()),
            lateness_until=each.stages.get("deadline"),
        )
        for each in timetable(tx, plan, now)
    ]
    return sorted(entries, key=lambda known: (known.window.start, known.id))
