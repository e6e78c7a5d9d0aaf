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
    """`target`: `module:attribute.attribute`, `…|…` for either. Passed `before` it begins, `after` it returned."""

    target: str
    when: str


_SENDER = "worker.delivery.engine:_Sender"
POINTS = {
    "let go, not committed": Point("worker.delivery.slices:let_all_go", "after"),
    "taken, not committed": Point("worker.delivery.slices:take", "after"),
    "letter loaded": Point("worker.delivery.spliced:load", "after"),
    "page read": Point("worker.delivery.ledger:Ledger.page", "after"),
    "envelopes begun": Point(f"{_SENDER}._offer", "after"),
    "before the commit": Point("worker.delivery.ledger:Ledger.commit", "before"),
    "written": Point("worker.delivery.group_commit:on_sqlite|worker.delivery.group_commit:on_postgresql", "after"),
    "committed": Point("worker.delivery.ledger:Ledger.commit", "after"),
    "before a dot": Point(f"{_SENDER}._finish", "before"),
    "after a dot": Point(f"{_SENDER}._finish", "after"),
    "answer heard": Point(f"{_SENDER}._happened", "before"),
    "outcome noted": Point("worker.delivery.answers:Answers.over", "after"),
    "slice sent": Point("worker.delivery.engine:send_slice", "after"),
    "brought back, not committed": Point("worker.delivery.slices:free", "after"),
    "turn over": Point("worker.jobs.deliver:take_turn", "after"),
    "closed, not committed": Point("worker.delivery.mailings:close", "after"),
}
TAKING_OVER = {
    "leftovers settled, not committed": Point("worker.delivery.recover:leftovers", "after"),
    "taken over, not committed": Point("worker.delivery.slices:take", "after"),
    "let go, not committed": Point("worker.delivery.slices:let_all_go", "after"),
}
FREEZING = {
    "before freezing": Point("worker.jobs.start_sending:freeze", "before"),
    "frozen, not committed": Point("worker.jobs.start_sending:freeze", "after"),
    "cut, not committed": Point("worker.delivery.slices:cut", "after"),
    "freezing committed": Point("worker.jobs.start_sending:StartSending.do_one", "after"),
}


def stop_at(crash: Crash) -> None:
    """Arm one point in this process."""
    point = (POINTS | TAKING_OVER | FREEZING)[crash.point]
    passed = 0

    def pass_by() -> None:
        nonlocal passed
        passed += 1
        if passed == crash.passing:
            os.kill(os.getpid(), _SIGNALS[crash.action])

    for target in point.target.split("|"):
        _wrap(target, point.when, pass_by)


def _wrap(target: str, when: str, pass_by: Callable[[], None]) -> None:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    function = getattr(owner, name)

    @wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        if when == "before":
            pass_by()
        result = function(*args, **named)
        if when == "after":
            pass_by()
        return result

    setattr(owner, name, wrapped)
