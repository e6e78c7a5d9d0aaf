"""Writes the worker's own heartbeat, from within its work: one that hangs in a step writes none."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift


class Beat(Job):
    """Changes no occurrence. It is no work that is done: a round does not go on for it."""

    order = 99

    def do_one(self, shift: Shift, now: datetime) -> bool:
        troubles = {
            "plan": shift.not_taken_up is not None,
            "config": shift.config_refused is not None,
            "relay": shift.relay_down,
        }
        shift.pulse.beat(shift.office.database, now, troubles=[name for name, there in troubles.items() if there])
        return False
