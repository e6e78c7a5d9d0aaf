"""What a person noted as done, instead of Hlasatel doing it."""

from __future__ import annotations

from collections.abc import Iterable

from worker.record.events import Event

NOTED = ("choice.done", "choice.done_anew", "task.done")
"""Events by which a person notes that something is done, or puts right what she noted."""


def noted(events: Iterable[Event]) -> list[Event]:
    """Those among `events`, in their order; the last one holds."""
    return [each for each in events if each.kind in NOTED]
