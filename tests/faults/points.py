"""The named points at which a worker can be stopped, by wrapping the function that passes there.

The product knows nothing of this: the names below are looked up when the worker starts, so that a function that was
renamed fails every test that stops there.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any

from tests.faults.orders import Crash

_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass(frozen=True)
class Point:
    """`target`: `module:attribute.attribute`. Passed `before` the function begins or `after` it has returned."""

    target: str
    when: str


POINTS = {
    "take-over, not committed": Point("worker.delivery.mailings:take_over", "after"),
    "claimed, not committed": Point("worker.delivery.ledger:claim", "after"),
    "envelope begun": Point("worker.channels.email:SmtpConnection.begin", "after"),
    "intent not committed": Point("worker.delivery.ledger:intend", "after"),
    "intent committed": Point("worker.delivery.slices:SliceSender._intend", "after"),
    "before the dot": Point("worker.channels.email:SmtpConnection.finish", "before"),
    "after the dot": Point("worker.channels.email:SmtpConnection.finish", "after"),
    "outcome not committed": Point("worker.delivery.ledger:record", "after"),
    "given back, not committed": Point("worker.delivery.ledger:release", "after"),
    "slice ended": Point("worker.delivery.slices:SliceSender.send", "after"),
    "closed, not committed": Point("worker.delivery.mailings:close", "after"),
}
FREEZING = {
    "frozen, not committed": Point("worker.jobs.start_sending:freeze", "after"),
    "before freezing": Point("worker.jobs.start_sending:freeze", "before"),
    "freezing committed": Point("worker.jobs.start_sending:StartSending.do_one", "after"),
}


def stop_at(crash: Crash) -> None:
    """Arm one point in this process."""
    point = (POINTS | FREEZING)[crash.point]
    module, _, path = point.target.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    setattr(owner, name, _stopping(getattr(owner, name), point.when, crash))


def _stopping(function: Callable[..., Any], when: str, crash: Crash) -> Callable[..., Any]:
    passed = 0

    def pass_by() -> None:
        nonlocal passed
        passed += 1
        if passed == crash.passing:
            os.kill(os.getpid(), _SIGNALS[crash.action])

    @wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        if when == "before":
            pass_by()
        result = function(*args, **named)
        if when == "after":
            pass_by()
        return result

    return wrapped
