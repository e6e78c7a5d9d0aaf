"""Who is alive: a row that every process writes itself while its own work comes round, and by which a hung one shows.

A process that ends as it should takes its row with it. One whose row grows old was killed, hangs, or has lost the
database; it is shown for `FORGOTTEN`, then it counts as taken out of service.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from worker.store.database import Database
from worker.store.tables import heartbeats

EVERY = 15.0
"""Seconds between two beats of a process whose standing does not change: one small commit."""
OLD = timedelta(minutes=5)
"""Without a beat after which a process counts as lost. No step of its work takes that long."""
OLD_TICK = timedelta(hours=1)
"""The same for `tick`, which a timer starts now and then."""
FORGOTTEN = timedelta(days=3)
WORKING = ("run", "clock", "tick")
"""The commands that do the clock's work; one process at a time."""


class Standing(StrEnum):
    """How a process stands: `failing` when its last round was broken off by an error."""

    WORKS = "works"
    STANDS_BY = "stands-by"
    FAILING = "failing"


@dataclass
class Pulse:
    """One process's own row. `kind` is its command."""

    kind: str
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    _last: tuple[float, Standing, frozenset[str]] | None = None
    _began_at: datetime | None = None

    @property
    def id(self) -> str:
        """`run@urad/1234`; ticks, of which there are many a day, share one row on each machine."""
        return f"{self.kind}@{self.host}/{0 if self.kind == 'tick' else self.process}"

    def beat(
        self, database: Database, now: datetime, standing: Standing = Standing.WORKS, troubles: Collection[str] = ()
    ) -> None:
        """Write the row if the last beat is `EVERY` old or knew of less trouble; `now` (aware) is the process's own."""
        at, said = time.monotonic(), frozenset(troubles)
        if self._last is not None and at - self._last[0] < EVERY and not _is_news(self._last[1:], (standing, said)):
            return
        first, self._last = self._last is None, (at, standing, said)
        self._began_at = self._began_at or now
        with database.write() as tx:
            if first:
                _clear(tx, self, now)
            _put(tx, self, self._began_at, now, standing, sorted(troubles))

    def is_old(self) -> bool:
        """Whether this very process has not come round for too long, by a clock that nobody sets."""
        return self._last is not None and time.monotonic() - self._last[0] > OLD.total_seconds()

    def stop(self, database: Database) -> None:
        """Take the row away: the process ends because it was told to. Without a database there is nothing to take."""
        if self.kind != "tick" and self._last is not None:
            self._last = None
            with suppress(SQLAlchemyError), database.write() as tx:
                tx.execute(delete(heartbeats).where(heartbeats.c.id == self.id))


Said = tuple[Standing, frozenset[str]]


def _is_news(before: Said, now: Said) -> bool:
    """Whether something is worse than it was, or the lock has come. What gets better waits for the next beat.

    A job that fails in every round while the others go on would otherwise cost two commits a second.
    """
    worse = now[0] is Standing.FAILING and before[0] is not Standing.FAILING
    return worse or (before[0] is Standing.STANDS_BY) != (now[0] is Standing.STANDS_BY) or bool(now[1] - before[1])


def _put(
    tx: Connection, pulse: Pulse, began_at: datetime, now: datetime, standing: Standing, troubles: list[str]
) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {"began_at": began_at, "at": now, "standing": str(standing), "troubles": troubles}
    whole = {"id": pulse.id, "kind": pulse.kind, "host": pulse.host, "process": pulse.process, **values}
    tx.execute(insert(heartbeats).values(whole).on_conflict_do_update(index_elements=["id"], set_=values))


def _clear(tx: Connection, pulse: Pulse, now: datetime) -> None:
    """Rows of this machine whose process is gone, for one that follows it, and of what is forgotten."""
    for row in tx.execute(select(heartbeats)).all():
        gone = row.host == pulse.host and row.kind == pulse.kind and not _lives(row.process)
        if row.id != pulse.id and (gone or abs(now - row.at) > FORGOTTEN):
            tx.execute(delete(heartbeats).where(heartbeats.c.id == row.id))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True)
class Alive:
    """One process as its row tells it; `age` is how far from now it last came round, never negative."""

    row: Row[Any]
    age: timedelta

    @property
    def is_lost(self) -> bool:
        """Whether it has not come round for too long."""
        return self.age > (OLD_TICK if self.row.kind == "tick" else OLD)


def processes(tx: Connection, now: datetime) -> list[Alive]:
    """Every process that beat within `FORGOTTEN`, by its id.

    A beat that lies far ahead of `now` is as old as one that lies as far behind: a clock went back since, and whoever
    lives has beaten anew.
    """
    rows = tx.execute(select(heartbeats).order_by(heartbeats.c.id)).all()
    found = [Alive(row, abs(now - row.at)) for row in rows]
    return [each for each in found if each.age <= FORGOTTEN]


def newest_work(found: Collection[Alive]) -> Alive | None:
    """The process that did the clock's work last; None when none has for `FORGOTTEN`."""
    working = [each for each in found if each.row.kind in WORKING and each.row.standing == Standing.WORKS]
    return min(working, key=lambda each: each.age, default=None)
