"""Workers as a test holds them: started from a tree of the product, killed, stopped, continued, waited for."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.orders import DONE, Order
from tests.fixtures.forking import Forker, forker

ROOT = Path(__file__).parents[2]


class Worker:
    """One process that works for a stage. It is not reaped before it is waited for, so its id stays its own."""

    def __init__(self, forker: Forker, pid: int, log: Path) -> None:
        self._forker = forker
        self.pid = pid
        self.log = log
        self.status: int | None = None

    def signal(self, number: signal.Signals) -> None:
        if self.status is None:
            os.kill(self.pid, number)

    def kill(self) -> int:
        """kill -9; the status it ended with, which is another one when it had ended before."""
        self.signal(signal.SIGKILL)
        return self.wait(20)

    def wait(self, seconds: float) -> int:
        """The exit status, or the negative signal; the test fails when it takes longer."""
        status = self.poll(seconds)
        assert status is not None, f"the worker did not end within {seconds} s\n{self.told()}"
        return status

    def poll(self, seconds: float = 0) -> int | None:
        """As above, or None while it lives."""
        if self.status is None:
            self.status = self._forker.ask({"wait": self.pid, "seconds": seconds})
        return self.status

    def is_stopped(self) -> bool:
        """Whether it stands still, by a signal of its own or ours."""
        state = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        return state == "T"

    def told(self) -> str:
        """What it wrote."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


class Spawner:
    """Forks workers of one tree of the product."""

    def __init__(self, forker: Forker, logs: Path) -> None:
        self._forker = forker
        self._logs = logs
        self.report = logs / "edge-report"
        """What a watched worker's library complains of."""
        self._numbers = itertools.count(1)

    def start(self, order: Order) -> Worker:
        log = self._logs / f"worker-{next(self._numbers):04}.log"
        return Worker(self._forker, self._forker.start({"order": order.line()}, log, log), log)

    def do(self, order: Order) -> None:
        """Let a worker do it and wait until it has."""
        worker = self.start(order)
        status = worker.wait(120)
        assert status == DONE, worker.told()


@contextmanager
def spawner(logs: Path, edge: Path, tree: Path = ROOT) -> Iterator[Spawner]:
    """A spawner for the product in `tree`, with the library `edge` between its workers and the world."""
    environ = {"LD_PRELOAD": str(edge), "EDGE_REPORT": str(logs / "edge-report"), "PYTHONDONTWRITEBYTECODE": "1"}
    with forker("tests.faults.spawner", tree, **environ) as process:
        yield Spawner(process, logs)
