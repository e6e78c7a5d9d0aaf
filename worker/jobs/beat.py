"""Writes the worker's own heartbeat, from within its work: one that hangs in a step writes none."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from worker.jobs.base import Job, Shift

log = logging.getLogger("hlasatel.watch")


class Beat(Job):
    """Changes no occurrence. It is no work that is done: a round does not go on for it."""

    order = 99

    def do_one(self, shift: Shift, now: datetime) -> bool:
        troubles = {
            "plan": shift.not_taken_up is not None,
            "config": shift.config_refused is not None,
            "relay": shift.relay_down,
        }
        try:
            shift.pulse.beat(shift.office.database, now, troubles=[name for name, there in troubles.items() if there])
        except SQLAlchemyError as error:  # a full disk must not end a shift that has nothing else to write
            log.error("the heartbeat cannot be written: %s", type(error).__name__)
        return False
