"""How long it takes to rehearse the region's four years, each run a process of its own: `make bench WHAT=rehearsal`.

Wall time tells what a coordinator waits; CPU time, and CPU time in units of a fixed piece of Python work done just
before, tell it on a machine that does other things meanwhile.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MANNERS = ("always", "never", "late")
RUNS = 5
"""Of each manner."""
LIMIT = 20.0
"""Seconds of wall time in which four years must be played (the project's goal)."""


@dataclass(frozen=True)
class Run:
    """One rehearsal: seconds of wall and CPU time, MiB at most, and seconds of the fixed work before it."""

    wall: float
    cpu: float
    memory: float
    unit: float

    @property
    def units(self) -> float:
        return self.cpu / self.unit


def fixed_work() -> float:
    """CPU seconds that the same piece of Python takes now: about half a second on a machine of 2023 at rest."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number * number
    return time.process_time() - began


def run(manner: str, start: str) -> Run:
    """One rehearsal from `start` to the plan's end; CalledProcessError when it fails."""
    unit = fixed_work()
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")}
        command = [sys.executable, "-m", "worker.cli.main", "rehearse", "--from", start, "--approve", manner]
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environ | {"HLASATEL_DATA": folder}, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, unit)


def measure(times: int, start: str = "2024-01-01") -> bool:
    """Rehearse `times` in each manner from `start` on and print what it took; whether each kept the limit once."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {times} runs of each, least/median/most")
    print("approve    wall s               CPU s                CPU in units         MiB")
    kept = True
    for manner in MANNERS:
        runs = [run(manner, start) for _ in range(times)]
        cells = (_spread([each.wall for each in runs]), _spread([each.cpu for each in runs]))
        units = _spread([each.units for each in runs])
        print(f"{manner:<10} {cells[0]:<20} {cells[1]:<20} {units:<20} {max(each.memory for each in runs):.0f}")
        kept = kept and min(each.wall for each in runs) < LIMIT
    print(f"limit {LIMIT:.0f} s: {'kept' if kept else 'NOT KEPT'}")
    return kept


def _spread(values: list[float]) -> str:
    return f"{min(values):.1f}/{statistics.median(values):.1f}/{max(values):.1f}"
