"""The machine's clock was set, or differs from the database server's: what is due when hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text

from worker.watch.alerts.base import Alarm, Condition, Watch

MOST = timedelta(minutes=2)
"""A machine that keeps its time by the network is never so far off."""
SHOWN = timedelta(hours=1)
"""A clock that was set goes right afterwards; for so long it counts as wrong."""


class ClockMoved(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        if watch.seconds is None:
            return
        memory, (now, seconds) = watch.memory, (watch.now, watch.seconds)
        if memory.clocks is not None:
            by = (now - memory.clocks[0]) - timedelta(seconds=seconds - memory.clocks[1])
            if abs(by) > MOST:
                memory.moved = now, by
        memory.clocks = now, seconds
        if memory.moved is not None and abs(now - memory.moved[0]) < SHOWN:
            yield Alarm("set", {"minutes": round(abs(memory.moved[1]).total_seconds() / 60)})
        if watch.tx.dialect.name == "postgresql":
            server: datetime = watch.tx.execute(text("SELECT clock_timestamp()")).scalar_one()
            if abs(server - now) > MOST:
                yield Alarm("server", {"minutes": round(abs(server - now).total_seconds() / 60)})
