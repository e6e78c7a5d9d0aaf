"""What a measurement was made on: the machine, the versions, how busy it was."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.sink import program
from bench.workshop import file_system
from tests.fixtures.postgres import find_postgres_programs

_SYNCS = 200
_PAGE = 4096


def facts(folder: Path) -> dict[str, str]:
    """Label → what it is now; `folder` is where the databases are written."""
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "file system": f"{file_system(folder)}, {_sync_micros(folder):.0f} µs for 4 KiB and fdatasync (median)",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": _version(str(find_postgres_programs() / "postgres"), "--version"),
        "Postfix": _version("postconf", "-d", "-h", "mail_version"),
        "Node.js": _version("node", "--version"),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _sync_micros(folder: Path) -> float:
    """Microseconds that the disk takes to keep 4 KiB: what every commit waits for at least."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for number in range(_SYNCS):
            began = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * _PAGE, number * _PAGE)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return 1e6 * sorted(taken)[_SYNCS // 2]


def _version(name: str, *arguments: str) -> str:
    """The last word of what a program says of itself; a dash when it is not there."""
    try:
        path = name if name.startswith("/") else program(name) if name == "postconf" else shutil.which(name)
    except LookupError:
        path = None
    if path is None:
        return "–"
    told = subprocess.run([path, *arguments], capture_output=True, text=True, check=False).stdout.split()
    return next((word for word in told if any(char.isdigit() for char in word)), "–")
