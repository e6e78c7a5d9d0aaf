"""Plays the table's rows one after the other within the memory and time that they may take; run by test_every_row.

It prints what came of each as JSON, a line per row. The limit of memory is that of the whole process, above what it
needs once everything is imported; what takes too long is broken off by a signal.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.bad_input.entries import ENTRIES, said
from tests.bad_input.rows import ROWS

MEMORY = 256 << 20
"""Bytes that reading any input may take beside the interpreter and its libraries."""
SECONDS = 5
"""Of processor time for one row; a tenth is usual."""


class TooLong(BaseException):
    """No `except Exception` of ours catches it."""


def main() -> None:
    inputs = [row.bytes() for row in ROWS]
    for entry in dict.fromkeys(row.entry for row in ROWS):
        _played(entry, b"a")  # what is imported at the first use is no input's fault
    signal.signal(signal.SIGPROF, _break_off)
    _limit_memory()
    for row, data in zip(ROWS, inputs, strict=True):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        begun = time.process_time()
        result = _played(row.entry, data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps({"said": result, "seconds": round(time.process_time() - begun, 3)}))


def _played(entry: str, data: bytes) -> str:
    try:
        return said(ENTRIES[entry], data)[:2000]
    except (TooLong, Exception) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"DEFECT: {type(error).__name__} {error} in {Path(where.filename).name}:{where.lineno}"


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)


def _break_off(*_: object) -> None:
    raise TooLong


if __name__ == "__main__":
    sys.setswitchinterval(0.05)
    main()
