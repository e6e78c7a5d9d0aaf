"""The days that occurrences really had or were moved to, for whatever counts its own day from them.

An occurrence that does not take place takes with it what has no day but that one's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.messages import say
from worker.plan.first_start import first_ahead, is_overtaken, settle
from worker.plan.model import Occurrence, Plan
from worker.plan.occurrences import occurrences
from worker.planning.described import Origin
from worker.store import tables
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState
from worker.times import local_day

UNDER_WAY = (OccurrenceState.SENDING, OccurrenceState.DONE)
SETTLED = (*CLOSED_OCCURRENCES, OccurrenceState.SENDING, OccurrenceState.MISSED)
"""What an edit gives no other time any more."""
NOWHERE = (OccurrenceState.DROPPED, OccurrenceState.HISTORICAL)

_ROW = tables.occurrences.c
_OF_A_BASE: tuple[Any, ...] = (_ROW.id, _ROW.state, _ROW.state_at, _ROW.send_at, _ROW.planned_send_at, _ROW.window_to)
"""What its day is told by: every round asks for it, of every base, for as long as the plan lasts."""


def real_days(tx: Connection, plan: Plan) -> dict[str, date]:
    """Occurrence id → its day, for the bases of `plan` whose day is no longer the plan's: sent, done, or moved."""
    activities = _bases(plan)
    if not activities:
        return {}
    begun = _first_day(tx)
    sent = _sent(tx)
    rows = tx.execute(select(*_OF_A_BASE).where(tables.occurrences.c.activity.in_(activities)))
    found = {row.id: _moment(row, sent.get(row.id), begun) for row in rows}
    return {occurrence_id: local_day(at) for occurrence_id, at in found.items() if at is not None}


def given_up(tx: Connection, plan: Plan, now: datetime) -> frozenset[str]:
    """The bases of `plan` that do not take place although it holds them: a person dropped them, or nobody used them."""
    activities, row = _bases(plan), tables.occurrences.c
    if not activities:
        return frozenset()
    columns: tuple[Any, ...] = row.id, row.dropped_by, row.optional, row.stages
    dropped = select(*columns).where(
        row.activity.in_(activities), row.state == OccurrenceState.DROPPED, row.origin == Origin.PLAN
    )
    return frozenset(each.id for each in tx.execute(dropped) if each.dropped_by is not None or is_unused(each, now))


def is_unused(row: Row[Any], now: datetime) -> bool:
    """Whether it is an optional one whose deadline has passed."""
    deadline = row.stages.get("deadline")
    return row.optional and deadline is not None and datetime.fromisoformat(deadline) < now


def planned(
    tx: Connection, plan: Plan, known: Mapping[str, Row[Any]], now: datetime, *, edited: bool
) -> list[Occurrence]:
    """The plan's occurrences, followers counted from the real days of what they follow.

    A base whose assumed or counted day is over will be moved when the plan is taken up, so what follows it is counted
    from that day at once. `known`: id → its row; `edited`: a plan was taken up before.
    """
    days, bases, dropped = real_days(tx, plan), _bases(plan), given_up(tx, plan, now)
    moved: dict[str, date] = {}
    while True:
        found = occurrences(plan, days | moved)
        before = len(moved)
        for each in found:
            if each.activity_id in bases and each.id not in moved:
                at = _moved_ahead(each, known.get(each.id), now, edited=edited)
                moved |= {each.id: local_day(at)} if at is not None else {}
        if len(moved) == before:
            return _without(found, dropped, {each.id for each in plan.activities if each.anchor and not each.periods})


def _moved_ahead(occurrence: Occurrence, row: Row[Any] | None, now: datetime, *, edited: bool) -> datetime | None:
    """Where taking up the plan will move it because its time is over; None when it stays."""
    if row is None:
        settled = settle(occurrence, now, edited=edited)
        return settled.send_at if settled.already_due else None
    stays = row.origin != Origin.PLAN or row.state in SETTLED or row.planned_send_at == occurrence.send_at
    return None if stays or not is_overtaken(occurrence, now) else first_ahead(occurrence, now)


def _without(found: list[Occurrence], dropped: Collection[str], followers: Collection[str]) -> list[Occurrence]:
    """`found`, where what follows one of `dropped` and is of the activities `followers` is left out, down the chain."""
    gone = set(dropped)
    while True:
        missing = [
            each for each in found if each.anchored_to in gone and each.id not in gone and each.activity_id in followers
        ]
        if not missing:
            return found
        gone |= {each.id for each in missing}
        found = [_left_out(each) if each in missing and each.dropped is None else each for each in found]


def _left_out(occurrence: Occurrence) -> Occurrence:
    return replace(occurrence, send_at=None, dropped=say("occurrences.base_dropped", id=occurrence.anchored_to))


def _bases(plan: Plan) -> set[str]:
    """The activities whose days others are counted from; a day counted from an uzávěrka follows nobody."""
    anchors = (activity.anchor for activity in plan.activities)
    return {anchor.activity_id for anchor in anchors if anchor and anchor.activity_id and not anchor.deadline}


def _moment(row: Row[Any], sent: datetime | None, begun: date | None) -> datetime | None:
    """When it really took place or will; None where the plan's own day stands."""
    if row.state in UNDER_WAY:
        noted_later = begun is not None and row.window_to < begun  # it happened before anybody could note it here
        moment: datetime | None = sent or (row.state_at if row.state == OccurrenceState.DONE else row.send_at)
        return row.send_at if noted_later and sent is None else moment
    if row.state in NOWHERE or row.send_at == row.planned_send_at:
        return None
    moved: datetime | None = row.send_at
    return moved


def _first_day(tx: Connection) -> date | None:
    first = tx.execute(select(tables.installation.c.first_start_at)).scalar()
    return local_day(first) if first else None


def _sent(tx: Connection) -> dict[str, datetime]:
    """When the first mailing of each occurrence began."""
    mailings = tables.mailings.c
    begun = func.min(mailings.frozen_at, type_=mailings.frozen_at.type)
    found = select(mailings.occurrence_id, begun).group_by(mailings.occurrence_id)
    return {occurrence_id: first for occurrence_id, first in tx.execute(found)}
