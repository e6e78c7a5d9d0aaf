"""The database server's clock, so that machines whose own clocks differ agree on when a lease ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from worker.store.database import Database
from worker.times import Clock

ASK_AGAIN = 60.0
"""Seconds after which the server is asked again; quartz drifts by a few milliseconds in a minute."""


def server_clock(database: Database) -> Clock:
    """A clock that goes as the PostgreSQL server's does, whatever becomes of this machine's own."""

    def ask() -> datetime:
        with database.read() as tx:
            told: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
        return told.astimezone(UTC)

    return Clock(Following(ask, _since_boot).now, simulated=False)


class Following:
    """What `ask` told last, and the seconds that have passed since by `passed`."""

    def __init__(self, ask: Callable[[], datetime], passed: Callable[[], float]) -> None:
        self._ask, self._passed = ask, passed
        self._told = self._asked()

    def now(self) -> datetime:
        (told, at), passed = self._told, self._passed()
        if not 0 <= passed - at < ASK_AGAIN:
            # The time goes on where the server cannot be asked, and nobody asks it at every look at the clock.
            self._told = told + timedelta(seconds=passed - at), passed
            with suppress(SQLAlchemyError):
                self._told = self._asked()
            told, at = self._told
        return told + timedelta(seconds=self._passed() - at)

    def _asked(self) -> tuple[datetime, float]:
        # Looked at after the answer: one that took long leaves this clock slow, which takes nobody's lease too early.
        return self._ask(), self._passed()


def _since_boot() -> float:
    """Seconds that count on while the machine sleeps (Linux, clock_gettime(2)); the monotonic clock elsewhere."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
