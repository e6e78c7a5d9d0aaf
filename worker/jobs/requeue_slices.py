"""Enqueues the slices that have work and nobody at it, for the machines that send."""

from __future__ import annotations

from datetime import datetime

from worker.delivery import machines
from worker.jobs.base import Job, Shift


class RequeueSlices(Job):
    """A slice that is due, its lease over or never begun → a job of Procrastinate's; nothing on one machine."""

    turn = 1

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if not shift.office.settings.delivery.machines:
            return False
        with shift.office.database.write() as tx:
            machines.forget_the_dead(tx)
            return machines.requeue(tx, shift.office, now) > 0
