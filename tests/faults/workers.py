"""Workers as a test holds them: started from a tree of the product, killed, stopped, continued, waited for."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.orders import DONE, Order

ROOT = Path(__file__).parents[2]


class Worker:
    """One process that works for a stage. It is not reaped before it is waited for, so its id stays its own."""

    def __init__(self, spawner: Spawner, pid: int, log: Path) -> None:
        self._spawner = spawner
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
            self.status = self._spawner.ask({"wait": self.pid, "seconds": seconds})
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

    def __init__(self, process: subprocess.Popen[str], logs: Path) -> None:
        self._process = process
        self._logs = logs
        self.report = logs / "edge-report"
        """What a watched worker's library complains of."""
        self._numbers = itertools.count(1)

    def start(self, order: Order) -> Worker:
        log = self._logs / f"worker-{next(self._numbers):04}.log"
        pid = self.ask({"order": order.line(), "out": str(log), "err": str(log)})
        assert pid is not None
        return Worker(self, pid, log)

    def do(self, order: Order) -> None:
        """Let a worker do it and wait until it has."""
        worker = self.start(order)
        status = worker.wait(120)
        assert status == DONE, worker.told()

    def ask(self, request: dict[str, object]) -> int | None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "the process that forks the workers is gone"
        found: int | None = json.loads(line)
        return found


@contextmanager
def spawner(logs: Path, edge: Path, tree: Path = ROOT) -> Iterator[Spawner]:
    """A spawner for the product in `tree`, with the library `edge` between its workers and the world."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HLASATEL_", "PYTHON"))}
    environ |= {"LD_PRELOAD": str(edge), "EDGE_REPORT": str(logs / "edge-report"), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.spawner"],
        cwd=tree, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        ready = process.stdout.readline()
        assert ready, "the product could not be imported"
        try:
            yield Spawner(process, logs)
        finally:
            process.stdin.close()
            process.wait(timeout=20)
