"""What counts its day from another's follows it: when that one was sent, reported done, moved or dropped by a person.

A round does this, and not the command or page that noted the day: there are five ways in which a base's day becomes
known, and whoever reports a task done should need no readable plan.
"""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.planning.follow import follow
from worker.planning.real_days import given_up, real_days


class FollowAnchors(Job):
    """`planned` → `dropped` when its base was given up. What was asked and moves is asked for anew by another job."""

    order = 5

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.plan is None:
            return False
        with shift.office.database.read() as tx:
            seen = shift.plan.digest, real_days(tx, shift.plan), given_up(tx, shift.plan, now)
        if shift.followed == seen:
            return False
        with shift.office.database.write() as tx:
            moved = follow(tx, shift.office, shift.plan, now)
        shift.followed = seen
        return moved > 0
