"""What processes have used so far, as /proc tells it (proc(5)); and one's own memory at most."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _CSTIME = 11, 14
"""Places in /proc/<pid>/stat counted from the field behind the name: utime, stime, cutime, cstime."""


def cpu_of(pid: int) -> float:
    """User and system seconds of a process, of its living children and those it has waited for, in ticks of 10 ms."""
    total = _cpu(pid)
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(cpu_of(int(child)) for child in task.read_text().split())
    return total


def _cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:  # ended between being listed and being read; its parent counts it from now on
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return sum(int(each) for each in fields[_UTIME : _CSTIME + 1]) / _TICKS


def own_peak() -> float:
    """MiB of memory that this process has had at most; getrusage would count its parent's as well."""
    return _status("self", "VmHWM")


def resident(pid: int | str = "self") -> float:
    """MiB of memory that a process holds now."""
    return _status(pid, "VmRSS")


def _status(pid: int | str, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"/proc/{pid}/status tells no {name}")
