"""Two `hlasatel deliver` against one, to a relay that is 20 ms away: the product's command, its jobs and its leases."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from bench.measured import Measured, ratios, summary
from bench.prepared import begin, configuration, environ_for, office_at
from bench.rounds import play
from bench.sink import Server, distant, smtp_sink
from bench.stores import Store
from bench.usage import cpu_of
from bench.workshop import Workshop
from tests.store.sample import ROOT
from worker.office import Office

AWAY = 20
"""Milliseconds that every answer of the relay takes."""
CONNECTIONS = 16
"""Of each process: the product's default."""
_LEFT = "SELECT count(*) FROM slices WHERE due_at IS NOT NULL"
_WAITING = "SELECT count(*) FROM procrastinate_workers"


class Machines:
    """So many `deliver` processes, all up before the newsletter is frozen."""

    def __init__(self, shop: Workshop, store: Store, people: int, processes: int) -> None:
        self._shop, self._store, self._people, self._processes = shop, store, people, processes
        self._config = configuration(shop.folder, connections=CONNECTIONS, machines=True)

    def run(self) -> Measured:
        """From the commit that freezes the audience to the one that brings the last slice back."""
        url = self._store.new(self._shop.template(self._store, self._people))
        try:
            with smtp_sink() as sink, distant(sink, AWAY) as relay:
                office = office_at(url, self._config, relay.port)
                try:
                    with self._delivering(url, relay) as processes:
                        _wait_for(office, _WAITING, len(processes))
                        return self._measured(office, processes, relay)
                finally:
                    office.database.close()
        finally:
            self._store.drop(url)

    def _measured(self, office: Office, processes: list[subprocess.Popen[bytes]], relay: Server) -> Measured:
        """`sink` is the CPU of what puts the relay at a distance, which must not become the limit."""
        used, idle, server = self._cpu(processes), relay.cpu(), self._store.cpu()
        with office.database.write() as tx:
            begin(tx, office)
        began = time.monotonic()
        _wait_for(office, _LEFT, 0)
        seconds = time.monotonic() - began
        with office.database.read() as tx:
            wrong = "SELECT count(*) FROM deliveries WHERE state <> 'sent' OR copies <> 1"
            if left := tx.execute(text(wrong)).scalar_one():
                raise RuntimeError(f"{left} rows are not sent once")
        return Measured(
            self._people, seconds, self._cpu(processes) - used, self._store.cpu() - server, relay.cpu() - idle
        )

    def _cpu(self, processes: list[subprocess.Popen[bytes]]) -> float:
        return sum(cpu_of(process.pid) for process in processes)

    @contextmanager
    def _delivering(self, url: str, relay: Server) -> Iterator[list[subprocess.Popen[bytes]]]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")}
        environ |= environ_for(url, self._config, relay.port)
        command = [sys.executable, "-m", "worker.cli.main", "deliver"]
        with ExitStack() as stack:
            log = stack.enter_context((self._shop.folder / "deliver.log").open("wb"))
            processes = []
            for _ in range(self._processes):
                process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stderr=log)
                stack.callback(process.wait)
                stack.callback(process.terminate)
                processes.append(process)
            yield processes


def measure(shop: Workshop, store: Store, people: int, rounds: int) -> dict[str, object]:
    """How many times as fast two are, round by round."""
    senders = {f"{number} deliver": Machines(shop, store, people, number) for number in (1, 2)}
    runs = play({name: sender.run for name, sender in senders.items()}, rounds)
    one, two = runs["1 deliver"], runs["2 deliver"]
    return {
        "milliseconds": AWAY,
        "connections": CONNECTIONS,
        "one": summary(one),
        "two": summary(two),
        "ratio": ratios([run.rate for run in two], [run.rate for run in one]).rounded(),
    }


def _wait_for(office: Office, count: str, wanted: int, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        with office.database.read() as tx:
            found = tx.execute(text(count)).scalar_one()
        if found == wanted:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"{count}: {found} instead of {wanted} after {seconds:.0f} s")
        time.sleep(0.01)
