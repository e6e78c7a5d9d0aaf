"""Tells the coordinator what is wrong with an edit of the configuration, once a day while it lasts."""

from __future__ import annotations

import hashlib
from datetime import datetime

from worker.errors import HlasatelError, InvalidFiles
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.times import local_day


class TellFaultyConfig(Job):
    """Changes no occurrence: an edit that is not used is told of, and the office goes on as it was."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        refused = shift.config_refused
        if refused is None:
            return False
        faults = _faults(refused)
        known = hashlib.sha256(faults.encode()).hexdigest()[:16]
        with shift.office.database.write() as tx:
            return queue.put(
                tx, f"config-faulty/{local_day(now).isoformat()}/{known}", "config_faulty",
                shift.office.settings.coordinator, now, faults=faults,
            )  # fmt: skip


def _faults(refused: HlasatelError) -> str:
    if isinstance(refused, InvalidFiles):
        return "\n\n".join(str(fault) for fault in refused.faults)
    return str(refused)
