"""What counts its day from another's follows it: when that one was sent, reported done, or moved by a person.

A round does this, and not the command or page that noted the day: there are five ways in which a base's day becomes
known, and whoever reports a task done should need no readable plan.
"""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.planning.follow import follow
from worker.planning.real_days import real_days


class FollowAnchors(Job):
    """Changes no state; an asked package that moved is asked for anew by the job that watches for that."""

    order = 5

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.plan is None:
            return False
        with shift.office.database.read() as tx:
            days = real_days(tx, shift.plan)
        if shift.followed == (shift.plan.digest, days):
            return False
        with shift.office.database.write() as tx:
            moved = follow(tx, shift.office, shift.plan, now)
        shift.followed = shift.plan.digest, days
        return moved > 0
