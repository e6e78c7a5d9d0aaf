"""A process that has imported everything and forks a worker whenever it is told: a start takes no second.

Orders come as lines on standard input and are answered with a line each; its workers die with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.faults.inside import do, warm_up
from tests.faults.orders import Order

PR_SET_PDEATHSIG = 1  # prctl(2)


def _fork(order: Order, log: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(old, new)
        status = do(order)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _wait(pid: int, seconds: float) -> int | None:
    """The exit status, the negative signal that ended it, or None while it lives."""
    end = time.monotonic() + seconds
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(0.002)


def main() -> None:
    warm_up()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = _wait(order["wait"], order["seconds"])
        else:
            answer = _fork(Order.read(order["order"]), Path(order["log"]))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
