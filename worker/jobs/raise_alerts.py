"""Looks once a minute what is wrong with the worker itself, and has a few mails a day say so."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from worker.jobs.base import Job, Shift
from worker.store.database import Use
from worker.store.tables import alerts
from worker.watch.alerts import Watch, all_conditions
from worker.watch.alerts.telling import Wrong, id_of, is_due, note, tell

EVERY = timedelta(minutes=1)
log = logging.getLogger("hlasatel.watch")


class RaiseAlerts(Job):
    """Changes no occurrence. In a database that is thrown away nothing is wrong."""

    order = 95

    def do_one(self, shift: Shift, now: datetime) -> bool:
        memory, database = shift.memory, shift.office.database
        recently = memory.looked_at is not None and timedelta() <= now - memory.looked_at < EVERY
        if recently or database.use is Use.TRIAL:
            return False
        memory.looked_at = now
        seconds = None if shift.clock.simulated else time.monotonic()
        with database.read() as tx:
            watch = Watch(tx, shift.office, now, memory, shift.pulse.id, seconds)
            found = [(each, alarm) for each in all_conditions() for alarm in each.found(watch)]
            kept = {row.id: row for row in tx.execute(select(alerts))}
        ids = {id_of(*each) for each in found}
        known = [Wrong(*each, kept[key].since, kept[key].told_at) for each in found if (key := id_of(*each)) in kept]
        went_back = any(each.since > now for each in kept.values())
        if ids == kept.keys() and not went_back and not any(is_due(each, now) for each in known):
            return False
        try:
            with database.write() as tx:
                tell(tx, shift.office, note(tx, found, now), now)
        except SQLAlchemyError as error:  # a full disk is one of the conditions, and ends no shift by being found
            log.error("alerts cannot be written down: %s", type(error).__name__)
        return False
