"""Hlasatel as one of the senders: a fresh copy of a prepared office, frozen, and a process that sends it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from sqlalchemy import text

from bench.measured import Measured
from bench.prepared import begin, office_at
from bench.sink import smtp_sink
from bench.stores import Store
from bench.workshop import Workshop
from tests.store.sample import ROOT
from worker.store.database import Database


class Hlasatel:
    """Ours on one sort of database. `batch` 1 commits every message alone; None leaves it to the engine."""

    def __init__(self, shop: Workshop, store: Store, messages: int, batch: int | None = None) -> None:
        self._shop, self._store, self._messages, self._batch = shop, store, messages, batch

    def run(self) -> Measured:
        """Freezing is not counted: it is measured by itself, and the others are given their queues too."""
        url = self._store.new(self._shop.template(self._store, self._messages))
        try:
            with smtp_sink() as sink:
                self._freeze(url, sink.port)
                self._store.rest(url)
                idle, server = sink.cpu(), self._store.cpu()
                found = self._send(url, sink.port)
                server = self._store.cpu() - server
                run = Measured(**found, server=server, sink=sink.cpu() - idle)
            self._check(url, run)
            return run
        finally:
            self._store.drop(url)

    def _freeze(self, url: str, port: int) -> None:
        office = office_at(url, self._shop.config, port)
        with office.database.write() as tx:
            begin(tx, office)
        office.database.close()

    def _send(self, url: str, port: int) -> dict[str, Any]:
        arguments = [str(self._shop.config), url, str(port), *([str(self._batch)] if self._batch else [])]
        command = [sys.executable, "-m", "bench.ours", *arguments]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"our own sender failed:\n{done.stderr[-3000:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _check(self, url: str, run: Measured) -> None:
        """Every row must be `sent`, once: a fast sender that loses mail has not sent it."""
        database = Database(url)
        with database.read() as tx:
            wrong = "SELECT count(*) FROM deliveries WHERE state <> 'sent' OR copies <> 1"
            left = tx.execute(text(wrong)).scalar_one()
        database.close()
        if left or run.messages != self._messages:
            raise RuntimeError(f"{left} rows are not sent once; {run.messages} of {self._messages} were accepted")
