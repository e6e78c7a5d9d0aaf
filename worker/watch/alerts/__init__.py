"""What is alarming: one file for each condition, found by itself. A new one is a file here, its words in alerts.toml.

What has a mail of its own already, and says more in it, is no condition here: a faulty plan or configuration, a missing
approval, a paused mailing, a storm of bounces, a medium that stands still or whose token ends, an unreadable mailbox.
"""

from __future__ import annotations

from functools import cache

from worker.plugins import subclasses_in
from worker.watch.alerts.base import Alarm, Condition, Memory, Watch

__all__ = ["Alarm", "Condition", "Memory", "Watch", "all_conditions"]


@cache
def all_conditions() -> tuple[Condition, ...]:
    """One of each, by name."""
    return tuple(each() for each in subclasses_in(__name__, __path__, Condition))
