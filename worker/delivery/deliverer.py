"""`hlasatel deliver`: a Procrastinate worker whose one task sends one slice for a while. Any number of them may run.

Procrastinate brings the jobs and wakes who is idle; whether a slice may be sent is asked of the slice itself. A worker
that cannot go on, because the database was restarted or because it slept until nobody counted on it, is begun anew.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event, Lock
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

from worker.delivery import machines
from worker.delivery.machines import GONE, QUEUE, TASK
from worker.delivery.turn import take_turn
from worker.errors import HlasatelError
from worker.office_on_file import Offices
from worker.smtp.carrier import Carrier
from worker.store.database import SESSION
from worker.times import Clock

TURN = timedelta(seconds=20)
"""How long one job sends. What is left of its slice then waits behind the other mailings' slices of its number."""
IDLE = 5.0
"""Seconds without a job after which the relay's connections are closed."""
AGAIN = 1.0
"""Seconds between a worker that could not go on and the next."""
ROUND = 1.0
"""Seconds between two looks for slices that have work and nobody at it."""
LOOK = 0.1
"""Seconds between two looks whether to stop, or to close what is idle."""
log = logging.getLogger("hlasatel.deliver")


class Deliverer:
    """One process that sends, one slice at a time. `carrier` makes the connections that slice after slice uses.

    `came_round` is called whenever it has looked round, once a second while it is well.
    """

    def __init__(
        self,
        offices: Offices,
        clock: Clock,
        carrier: Callable[[], Carrier],
        stopping: Event,
        came_round: Callable[[], None] = lambda: None,
    ) -> None:
        self._offices, self._clock, self._stopping = offices, clock, stopping
        self._owner = f"{socket.gethostname()}, process {os.getpid()}"
        self._new_carrier, self._came_round = carrier, came_round
        self._carrier: Carrier | None = None
        self._in_use = Lock()
        self._last_used = time.monotonic()

    def run(self) -> None:
        """Send what comes until told to stop; the messages under way are finished first."""
        asyncio.run(self._run())
        self._hang_up()

    async def _run(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_tell)
        async with self._app().open_async() as app:
            tasks = asyncio.create_task(self._work(app)), asyncio.create_task(self._look_round())
            while not self._stopping.is_set() and not any(task.done() for task in tasks):
                await asyncio.sleep(LOOK)
                if self._is_idle():
                    await asyncio.to_thread(self._hang_up)
            for task in tasks:
                task.cancel()  # which lets the job under way come to its end
                with suppress(asyncio.CancelledError):
                    await task

    async def _work(self, app: App) -> None:
        while not self._stopping.is_set():
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    name=self._owner,
                    install_signal_handlers=False,
                    delete_jobs="always",  # what became of it stands in the slice
                    stalled_worker_timeout=GONE.total_seconds(),
                )
            except (ConnectorException, psycopg.Error) as error:
                log.error("the database fails Procrastinate: %s", _first_line(error.__cause__ or error))
            if not self._stopping.is_set():
                log.warning("beginning anew")
                await asyncio.sleep(AGAIN)

    async def _look_round(self) -> None:
        while True:
            await asyncio.to_thread(self._ask_for_what_is_left)
            await asyncio.sleep(ROUND)

    def _ask_for_what_is_left(self) -> None:
        """Everybody who sends looks, so that a dead machine is replaced whatever keeps the clock busy."""
        try:
            with self._offices().database.write() as tx:
                machines.forget_the_dead(tx)
                machines.requeue(tx, self._offices(), self._clock.now())
            self._came_round()
        except (ConnectorException, SQLAlchemyError) as error:
            log.error("slices with work cannot be looked for: %s", _first_line(error))

    def _app(self) -> App:
        url = self._offices().database.url.set(drivername="postgresql")
        place = url.render_as_string(hide_password=False)
        app = App(connector=PsycopgConnector(conninfo=place, min_size=1, max_size=4, configure=_prepare))
        app.task(name=TASK, queue=QUEUE)(self._send)
        return app

    def _send(self, mailing_id: int, number: int) -> None:
        """One job: nothing when somebody else has the slice, or it has no work any more."""
        with self._in_use:
            try:
                turn = take_turn(
                    self._offices(), self._connections(), self._owner, self._clock, self._stopping.is_set, TURN,
                    mailing_id=mailing_id, number=number,
                )  # fmt: skip
                if turn is not None and turn.fenced:
                    told = "slice %d of mailing %d has passed to another machine"
                    log.warning(told, number, mailing_id, extra={"mailing": mailing_id, "slice": number})
            except (HlasatelError, SQLAlchemyError) as error:
                about = {"mailing": mailing_id, "slice": number}
                log.error("slice %d of mailing %d: %s", number, mailing_id, _first_line(error), extra=about)
            finally:
                self._last_used = time.monotonic()

    def _connections(self) -> Carrier:
        self._carrier = self._carrier or self._new_carrier()
        return self._carrier

    def _is_idle(self) -> bool:
        used = self._carrier is None or self._in_use.locked()
        return not used and time.monotonic() - self._last_used > IDLE

    def _hang_up(self) -> None:
        if self._in_use.acquire(blocking=False):
            try:
                if self._carrier is not None:
                    self._carrier.close()
                self._carrier = None
            finally:
                self._in_use.release()


async def _prepare(session: psycopg.AsyncConnection[Any]) -> None:
    """A worker that stood still while it fetched a job would keep it from the others."""
    await session.execute(SESSION)
    await session.commit()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody awaits: a job that Procrastinate could not write off. Its slice comes back by its lease."""
    error = context.get("exception")
    log.error("%s: %s", context["message"], _first_line(error) if error else "")
