"""When a hold is over: lets everything it held go, piece by piece, and tells the coordinator at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import undrafted
from worker.errors import HlasatelError
from worker.holding import release
from worker.holding.begin import HOLDABLE, hold_back
from worker.jobs.base import Job, Shift, act_on_one
from worker.notices import queue
from worker.plan.model import Plan
from worker.record import holds
from worker.store.states import OccurrenceState

WAITING = (OccurrenceState.PLANNED, OccurrenceState.PREPARING)


class ReleaseHeld(Job):
    """`held` → `asked` with a new version, or `returned` when it was that; back again when it is no crisis any more."""

    order = 5

    def do_one(self, shift: Shift, now: datetime) -> bool:
        plan = shift.plan
        if plan is None:
            return False
        with shift.office.database.read() as tx:
            hold = holds.live(tx)
        if hold is not None and not holds.is_over(hold, now):
            return _release(shift, plan, now, only_crisis=True) or _hold_back(shift, now)
        if hold is not None and hold.ended_at is None:
            with shift.office.database.write() as tx:
                return release.end_over(tx, now)
        if _release(shift, plan, now) or (hold is not None and _postpone(shift, plan, now)):
            return True
        return hold is not None and _finish(shift, now)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        with shift.office.database.read() as tx:
            hold = holds.live(tx)
        return None if hold is None or hold.until <= now else hold.until


def _release(shift: Shift, plan: Plan, now: datetime, *, only_crisis: bool = False) -> bool:
    """Let one go. One whose draft cannot be made anew stops no other; it is tried again in the next round."""

    def due(tx: Connection, row: Row[Any]) -> bool:
        return row.id not in shift.aside and (row.crisis or not only_crisis)

    def let_go(tx: Connection, row: Row[Any]) -> bool:
        try:
            with tx.begin_nested():
                release.release(tx, shift.office, plan, row, now)
        except HlasatelError as error:
            shift.aside.add(row.id)
            return undrafted.tell(tx, shift.office, row.id, str(error), now)
        return True

    return act_on_one(shift, {OccurrenceState.HELD}, due, let_go)


def _hold_back(shift: Shift, now: datetime) -> bool:
    """Hold one that by an edit of the plan is no crisis message any more: an approval of it is void."""

    def due(tx: Connection, row: Row[Any]) -> bool:
        hold = holds.live(tx)
        return hold is not None and not holds.is_over(hold, now) and holds.is_held_back(row)

    def hold_one(tx: Connection, row: Row[Any]) -> bool:
        hold = holds.live(tx)
        assert hold is not None, "what is due is held by something"
        queue.withdraw(tx, row.id, now)
        hold_back(tx, hold, row, now)
        return True

    return act_on_one(shift, set(HOLDABLE), due, hold_one)


def _postpone(shift: Shift, plan: Plan, now: datetime) -> bool:
    """Give one that waited undecided, and has too little time left, a new send time."""

    def act(tx: Connection, row: Row[Any]) -> bool:
        release.postpone(tx, plan, row, now)
        return True

    return act_on_one(shift, WAITING, lambda tx, row: release.is_late(row, now), act)


def _finish(shift: Shift, now: datetime) -> bool:
    with shift.office.database.write() as tx:
        return release.finish(tx, shift.office, now)
