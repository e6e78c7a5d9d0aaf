"""The clock: APScheduler ticks the jobs; the database holds the truth. Nothing of the schedule is kept by it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from worker.channels.email import SmtpConnection
from worker.delivery import mailings
from worker.errors import HlasatelError
from worker.jobs import Shift, work
from worker.notices import queue
from worker.office import Office
from worker.store.lock import worker_lock
from worker.times import Clock

ROUND = timedelta(seconds=1)
log = logging.getLogger("hlasatel.clock")


@contextmanager
def shift(office: Office, clock: Clock, command: str, stopping: Event | None = None) -> Iterator[Shift]:
    """Take the lock and whatever a dead holder left behind; yields the shift that may work. Raises Locked."""
    with worker_lock(office.database, f"hlasatel {command}, process {os.getpid()}") as epoch:
        connection = SmtpConnection(office.relay)
        with office.database.write() as tx:
            unknown = mailings.take_over(tx, epoch, clock.now())
            again = queue.take_over(tx, clock.now())
        if unknown or again:
            log.warning("took over after an interruption: %d deliveries unknown, %d notices to repeat", unknown, again)
        try:
            yield Shift(office, epoch, clock, connection, stopping or Event())
        finally:
            connection.close()


@contextmanager
def ticking(current: Shift) -> Iterator[None]:
    """Work in a round every second while the block runs; on leaving, the message under way is finished first."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        _round, "interval", args=[current], seconds=ROUND.total_seconds(), max_instances=1, coalesce=True,
        misfire_grace_time=None, next_run_time=current.clock.real().now(),
    )  # fmt: skip
    scheduler.start()
    try:
        yield
    finally:
        current.stopping.set()
        scheduler.shutdown(wait=True)


def _round(current: Shift) -> None:
    try:
        work(current)
    except HlasatelError as error:
        log.error("%s", error)
    finally:
        current.connection.close()
