"""A stage for one fault: a prepared mailing on a database of its own, a relay that misbehaves, workers to be killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Row, make_url, select

from tests.faults.moves import watch_moves
from tests.faults.orders import DONE, Order, SharedClock
from tests.faults.workers import Spawner, Worker
from tests.fixtures.copied import to_be_copied
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.postgres import PostgresServer
from worker.store.database import Database
from worker.store.tables import deliveries, mailings

FAST = {
    "worker.delivery.mailings:FIRST_PAUSE": 0.2,
    "worker.delivery.mailings:MAX_PAUSE": 0.5,
    "worker.delivery.backoff:FIRST_BACKOFF": 0.3,
    "worker.delivery.backoff:MAX_BACKOFF": 0.6,
    "worker.delivery.slices:MAX_BACKOFF": 0.6,
}
"""Waits that are minutes in the product."""
PATIENT = {"failure_threshold": 1.0}
"""The brake stays off: the kills leave more in doubt than it would allow."""
CONNECTIONS = 16
"""How many messages may be under way at once: the bound on extra copies of one kill."""
LINE = 100
"""At least so many bytes of the journal are one message."""


@dataclass(frozen=True)
class Play:
    """What is prepared: how many people on which lists, and what they get."""

    people: int
    kind: str = "newsletter"
    lists: tuple[str, ...] = ("media",)
    task: str = "prepare"

    @property
    def most_copies(self) -> int:
        return 2 if self.kind == "newsletter" else 1


@dataclass
class Stage:
    """Everything one test needs; `relay` runs as long as the stage stands."""

    folder: Path
    play: Play
    url: str
    relay: FaultRelay
    spawner: Spawner
    clock: SharedClock
    database: Database = field(init=False)
    constants: dict[str, float] = field(default_factory=lambda: dict(FAST))

    def __post_init__(self) -> None:
        self.database = Database(self.url)

    def order(self, **changes: Any) -> Order:
        base = Order(
            task="work", database=self.url, relay=self.relay.url, clock=str(self.folder / "clock"),
            data=str(self.folder / "data"), constants=self.constants, delivery=PATIENT,
        )  # fmt: skip
        return replace(base, **changes)

    def start(self, **changes: Any) -> Worker:
        """A worker at work."""
        return self.spawner.start(self.order(**changes))

    def finish(self, seconds: float = 60, **changes: Any) -> None:
        """One last worker that nobody disturbs works until everything is done."""
        worker = self.start(**changes)
        try:
            status = worker.wait(seconds)
        finally:
            worker.kill()
        assert status == DONE, worker.told()

    def grown_to(self, messages: int, worker: Worker, seconds: float = 30) -> bool:
        """Wait until the relay took so many messages, roughly; False when the worker ended before."""
        end = time.monotonic() + seconds
        while self.relay.journal.stat().st_size < messages * LINE:
            if worker.poll() is not None:
                return False
            assert time.monotonic() < end, f"nothing moves\n{worker.told()}"
            time.sleep(0.002)
        return True

    def rows(self) -> list[Row[Any]]:
        """Every delivery."""
        with self.database.read() as tx:
            return list(tx.execute(select(deliveries).order_by(deliveries.c.mailing_id, deliveries.c.recipient_id)))

    def change(self, statement: Executable) -> None:
        """Do something to the database behind the product's back."""
        with self.database.write() as tx:
            tx.execute(statement)

    def mailing(self) -> Row[Any]:
        with self.database.read() as tx:
            return tx.execute(select(mailings)).one()


def until(condition: Callable[[], object], seconds: float = 20, what: str = "it did not happen in time") -> None:
    """Wait until `condition` holds; the test fails when it takes longer."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


class Prepared:
    """Databases prepared once and copied for every test: a file, or a database that serves as a template."""

    def __init__(self, folder: Path, spawner: Spawner, server: Callable[[], PostgresServer]) -> None:
        self._folder = folder
        self._spawner = spawner
        self._server = server
        self._made: dict[tuple[str, Play], str] = {}

    def copy(self, sort: str, play: Play, folder: Path) -> str:
        """The URL of a database of its own with `play` prepared in it."""
        if (sort, play) not in self._made:
            self._made[sort, play] = self._prepare(sort, play)
        origin = self._made[sort, play]
        if sort == "sqlite":
            file = folder / "hlasatel.sqlite3"
            shutil.copyfile(str(make_url(origin).database), file)
            return f"sqlite:///{file}"
        return self._server().create_database(template=str(make_url(origin).database))[1]

    def _prepare(self, sort: str, play: Play) -> str:
        if sort == "sqlite":
            url = f"sqlite:///{self._folder / f'{len(self._made)}.sqlite3'}"
        else:
            _, url = self._server().create_database()
        data = self._folder / "data"
        order = Order(play.task, url, "", str(data), kind=play.kind, people=play.people, lists=play.lists)
        self._spawner.do(order)
        watch_moves(url)
        prepared = Database(url)
        to_be_copied(prepared)
        prepared.close()
        return url

    def drop(self, url: str) -> None:
        """Take a copy away; templates go with their folder or their server."""
        if url.startswith("postgresql"):
            self._server().drop_database(str(make_url(url).database))


@contextmanager
def stage(
    prepared: Prepared, spawner: Spawner, relay: FaultRelay, sort: str, play: Play, folder: Path
) -> Iterator[Stage]:
    """A stage with its own copy of a prepared database; `relay` begins anew for it."""
    folder.mkdir(parents=True, exist_ok=True)
    url = prepared.copy(sort, play, folder)
    relay.begin_anew(folder / "journal")
    standing = Stage(folder, play, url, relay, spawner, SharedClock(folder / "clock"))
    try:
        yield standing
    finally:
        standing.database.close()
        prepared.drop(url)
