"""Sends the next slice of a mailing that is due, on the machine that holds the lock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from worker.delivery.turn import take_turn
from worker.jobs.base import Job, Shift

TURN = timedelta(seconds=3)
"""Then the other jobs have theirs: an edit of the plan is taken up while a long mailing goes on."""


class Deliver(Job):
    """Deliveries `queued` or `retry` → a final state or `retry`."""

    turn = 1  # a slice takes seconds

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if not shift.delivers:
            return False

        def still_holds(tx: Connection) -> bool:
            return shift.lock.is_current(tx)

        owner = f"the lock's holder {shift.lock.epoch}"
        stopping = shift.stopping.is_set
        turn = take_turn(shift.office, shift.carrier, owner, shift.clock, stopping, TURN, may_take=still_holds)
        if turn is None:
            return False
        shift.relay_trouble = shift.relay_trouble or turn.trouble
        shift.relay_down = turn.trouble is not None
        return not turn.stuck
