"""The clock: APScheduler ticks the jobs; the database holds the truth. Nothing of the schedule is kept by it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from threading import Event

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from worker.audience import mails
from worker.channels.email import Outlet, Sink, SinkCarrier, SmtpConnection
from worker.delivery import canary, slices
from worker.errors import HlasatelError
from worker.jobs import Shift, publish, work
from worker.notices import queue
from worker.office import Office
from worker.office_on_file import Offices
from worker.publishing import ledger
from worker.record import events
from worker.smtp.carrier import Carrier
from worker.smtp.relays import RelayCarrier
from worker.store import before, copies, tables
from worker.store.copies import CopyHeld
from worker.store.lock import Locked, worker_lock
from worker.times import Clock
from worker.upkeep.copies import refuse_to_work
from worker.watch.heartbeat import Pulse, Standing

ROUND = timedelta(seconds=1)
_NEWEST = select(func.max(tables.events.c.seq))
log = logging.getLogger("hlasatel.clock")


@contextmanager
def shift(
    office: Office,
    clock: Clock,
    command: str,
    stopping: Event | None = None,
    sink: Sink | None = None,
    *,
    delivers: bool = True,
    pulse: Pulse | None = None,
) -> Iterator[Shift]:
    """Take the lock and whatever a dead holder left behind; yields the shift that may work. Raises Locked, CopyHeld.

    It works for the office given until it ends. Its mails go to the office's relay unless there is a `sink`; mailings
    are left to others unless it `delivers`.
    """
    refuse_to_work(office.database, clock.now())
    with worker_lock(office.database, f"hlasatel {command}, process {os.getpid()}") as lock:
        copies.adopt(office.database, lock.epoch)
        before.forget(office.database, clock.now())
        connection: Outlet = sink or SmtpConnection(office.relay)
        carrier: Carrier = SinkCarrier(sink) if sink else RelayCarrier(office.relay)
        with office.database.write() as tx:
            # Where machines send, a slice has an owner of its own, who lives on while clocks come and go.
            held = 0 if office.settings.delivery.machines else slices.let_all_go(tx)
            again = queue.take_over(tx, clock.now())
            again += sum(each.take_over(tx, clock.now()) for each in (mails.OUTBOX, canary.OUTBOX))
            doubtful = ledger.take_over(tx, clock.now())
        if held or again or doubtful:
            said = "took over after an interruption: %d slices, %d mails to repeat, %d publications to look for"
            log.warning(said, held, again, doubtful)
        begun = Shift(
            office, lock, clock, connection, carrier, stopping or Event(), delivers, pulse=pulse or Pulse(command)
        )
        try:
            yield begun
        finally:
            begun.feeds.leave()
            publish.settle(begun)
            carrier.close()
            connection.close()


class Keeper:
    """Keeps one shift at work, a round a second. A shift that breaks is ended and begun anew under a new epoch.

    So what the broken one had claimed is taken over at once, and a lock lost with its database is taken again or, when
    somebody else has it, waited for. One that `stands_by` waits for it from the beginning on. When `offices` gives
    another office, the shift for the one before ends and one for that begins.
    """

    def __init__(
        self,
        offices: Offices,
        clock: Clock,
        command: str,
        stopping: Event,
        *,
        stands_by: bool = False,
        delivers: bool = True,
    ) -> None:
        self._offices, self._clock, self._command = offices, clock, command
        self._stopping, self._stands_by, self._delivers = stopping, stands_by, delivers
        self._waiting_for: str | None = None
        self._pulse = Pulse(command)
        self._logged: int | None = None
        self._stack = ExitStack()
        self._shift: Shift | None = None
        from apscheduler.schedulers.background import BackgroundScheduler  # a `tick` needs none and is quicker without

        self._scheduler = BackgroundScheduler(timezone="UTC")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work while the block runs; on leaving, what is under way is finished first. Raises Locked unless it waits.

        In a copy of the database that is held it waits until a person lets that go.
        """
        if not self._stands_by:
            try:
                self._begin()
            except CopyHeld as error:
                self._wait(error)
        self._scheduler.add_job(
            self._round, "interval", seconds=ROUND.total_seconds(), max_instances=1, coalesce=True,
            misfire_grace_time=None, next_run_time=Clock.real().now(),
        )  # fmt: skip
        self._scheduler.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._scheduler.shutdown(wait=True)
            self._end()
            self._pulse.stop(self._offices().database)

    def works(self) -> bool:
        """Whether a shift holds the lock and its work comes round: what `/readyz` of a process that works tells."""
        return self._shift is not None and not self._pulse.is_old()

    def _log_events(self, office: Office) -> None:
        """A line for each event of the record since the last round, whoever wrote it; none for those before the start.

        Nothing of what an event says beside its occurrence, for that may be anybody's words.
        """
        with office.database.read() as tx:
            last = tx.execute(_NEWEST).scalar() or 0
            new = events.after(tx, self._logged) if self._logged is not None and last > self._logged else ()
        self._logged = last
        for each in new:
            about = {"event": each.kind, "seq": each.seq, "occurrence": each.occurrence_id}
            log.info("%s %s", each.kind, each.occurrence_id or "", extra=about)

    def _begin(self) -> None:
        work_on = shift(
            self._offices(), self._clock, self._command, self._stopping, delivers=self._delivers, pulse=self._pulse
        )
        self._shift = self._stack.enter_context(work_on)
        self._waiting_for = None

    def _end(self) -> None:
        self._shift = None
        self._stack.close()

    def _round(self) -> None:
        try:
            if self._shift is not None and self._shift.office is not self._offices():
                self._end()
            if self._shift is None:
                self._begin()
            assert self._shift is not None
            self._shift.config_refused = self._offices.refused
            _one_round(self._shift)
            self._log_events(self._shift.office)
        except (Locked, CopyHeld) as error:
            self._wait(error)
        except (HlasatelError, SQLAlchemyError) as error:
            self._give_up(error)
        except Exception:
            self._give_up(None)
            raise

    def _wait(self, error: Locked | CopyHeld) -> None:
        """Somebody else works, or nobody may: say so once, and look again in every round."""
        if str(error) != self._waiting_for:
            log.log(logging.ERROR if isinstance(error, CopyHeld) else logging.INFO, "standing by: %s", error)
        self._waiting_for = str(error)
        self._beat(Standing.STANDS_BY)

    def _give_up(self, error: Exception | None) -> None:
        """End the shift; the next round begins another. Ending may fail for the same reason, which adds nothing."""
        if error is not None:
            log.error("%s: %s", type(error).__name__, str(error).splitlines()[0])
        with suppress(SQLAlchemyError):
            self._end()
        self._stack = ExitStack()
        self._beat(Standing.FAILING)

    def _beat(self, standing: Standing) -> None:
        """Show that the clock comes round although no shift of its works. Without a database nobody can be shown."""
        with suppress(SQLAlchemyError):
            self._pulse.beat(self._offices().database, self._clock.now(), standing)


def _one_round(current: Shift) -> None:
    trouble = current.relay_trouble
    try:
        work(current)
    finally:
        current.connection.close()
        current.carrier.close()
    if current.relay_trouble and current.relay_trouble != trouble:
        log.warning("the relay %s cannot be used: %s", current.office.relay, current.relay_trouble)
