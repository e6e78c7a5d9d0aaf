"""What a job is, and the shift it works in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.channels.email import SmtpConnection
from worker.office import Office
from worker.plan.model import Plan
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences
from worker.times import Clock


@dataclass
class Shift:
    """One holder of the lock at work. `epoch` fences off earlier holders; `stopping` asks it to come to an end.

    `plan` is the plan in force once it has been taken up. `aside` holds what failed in this round and is not tried
    again in it; `relay_trouble` that the relay could not be used, so that nobody waits for it twice in one round.
    """

    office: Office
    epoch: int
    clock: Clock
    connection: SmtpConnection
    stopping: Event = field(default_factory=Event)
    plan: Plan | None = None
    aside: set[str] = field(default_factory=set)
    relay_trouble: bool = False

    def begin_round(self) -> None:
        self.aside.clear()
        self.relay_trouble = False


class Job(ABC):
    """One thing the clock does."""

    @abstractmethod
    def do_one(self, shift: Shift, now: datetime) -> bool:
        """Do one piece of what is due at `now`; False when there is none. Short, and safe to be killed in."""


def in_state(tx: Connection, *states: OccurrenceState, tasks: bool) -> Iterator[Row[Any]]:
    """Occurrences in one of the states, earliest send time first; tasks or those with drafts."""
    rows = tx.execute(
        select(occurrences).where(occurrences.c.state.in_(states)).order_by(occurrences.c.send_at, occurrences.c.id)
    )
    return (row for row in rows if bool(row.kinds) is not tasks)


def stage(row: Row[Any], name: str) -> datetime | None:
    """When the stage of this occurrence is due; None for one without a send time."""
    text = row.stages.get(name)
    return datetime.fromisoformat(text) if text else None


def is_due(row: Row[Any], name: str, now: datetime) -> bool:
    """Whether the stage's time has come."""
    at = stage(row, name)
    return at is not None and at <= now
