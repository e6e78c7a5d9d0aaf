"""What a job is, and the shift it works in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from threading import Event
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, Select, select

from worker.channels.email import Outlet
from worker.errors import HlasatelError
from worker.feeds.reader import Reader
from worker.inbox import imap
from worker.messages import say
from worker.office import Office
from worker.plan.model import Plan
from worker.publishing.couriers import Couriers
from worker.record import events
from worker.record.mailing_counts import Counting
from worker.smtp.carrier import Carrier
from worker.store.lock import HeldLock
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.store.tables import installation, occurrences
from worker.times import Clock
from worker.watch.alerts import Memory
from worker.watch.heartbeat import Pulse


@dataclass
class Shift:
    """One holder of the lock at work. Its epoch fences off earlier holders; `stopping` asks it to come to an end.

    `plan` is the plan in force once it has been taken up. `aside` holds what failed in this round and is not tried
    again in it; `relay_trouble` why the relay could not be used, so that nobody waits for it twice in one round.
    """

    office: Office
    lock: HeldLock
    clock: Clock
    connection: Outlet
    carrier: Carrier
    stopping: Event = field(default_factory=Event)
    delivers: bool = True
    """Whether this process sends mailings itself; `clock` leaves that to `deliver`."""
    plan: Plan | None = None
    file_seen: tuple[str, datetime] | None = None
    """Digest of the plan's file, and since when it has stood like that."""
    not_taken_up: str | None = None
    """Digest of a file that was looked at and left: faulty, or waiting for a confirmation."""
    followed: tuple[str, dict[str, date], frozenset[str]] | None = None
    """The plan, and the real days and the given-up bases that followers were last counted from."""
    aside: set[str] = field(default_factory=set)
    config_refused: HlasatelError | None = None
    """Why an edit of the configuration is not used."""
    relay_trouble: str | None = None

    counting: Counting | None = None
    """The mailing whose account is being counted."""
    pulse: Pulse = field(default_factory=lambda: Pulse("tick"))
    """The heartbeat of the process that works."""
    memory: Memory = field(default_factory=Memory)
    """What the looks for alarming things remember of each other."""
    relay_down: bool = False
    """Whether the last try to hand something to a relay failed for the relay's sake."""
    feeds: Reader = field(default_factory=Reader)
    imap: imap.Reader = field(default_factory=imap.Reader)
    couriers: Couriers = field(default_factory=Couriers)

    def begin_round(self) -> None:
        """Raises when the lock has been lost meanwhile."""
        self.lock.check()
        self.aside.clear()
        self.relay_trouble = None


class Job(ABC):
    """One thing the clock does. `order`: lower ones have their turn first in every pass; `turn`: its steps at most."""

    order: ClassVar[int] = 50
    turn: ClassVar[int] = 5

    @abstractmethod
    def do_one(self, shift: Shift, now: datetime) -> bool:
        """Do one piece of what is due at `now`; False when there is none. Short, and safe to be killed in."""

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        """The first instant after `now` at which the calendar alone gives this job work, for a clock that jumps.

        None for a job that goes by the stages of occurrences, or by what waits in the database for a time of its own.
        """
        return None

    def wait(self, shift: Shift) -> bool:
        """Wait a little for what this job has under way elsewhere, for a command that ends after one round.

        Whether there may now be something to do; False for a job that has nothing elsewhere, as most.
        """
        return False


_GIVING_A_TIME = ("occurrence.planned", "occurrence.moved")

States = Collection[OccurrenceState]


def in_state(tx: Connection, states: States, *, tasks: bool) -> Iterable[Row[Any]]:
    """Occurrences in one of the states, earliest send time first; tasks or those with drafts."""
    return tx.execute(_standing_in(frozenset(states), tasks))


@cache
def _standing_in(states: frozenset[OccurrenceState], tasks: bool) -> Select[Any]:
    """Kept, because most rounds find nothing and putting the query together takes longer than asking it."""
    kind = occurrences.c.kinds == [] if tasks else occurrences.c.kinds != []
    found = select(occurrences).where(occurrences.c.state.in_(states), kind)
    return found.order_by(occurrences.c.send_at, occurrences.c.id)


def act_on_one(
    shift: Shift,
    states: States,
    due: Callable[[Connection, Row[Any]], bool],
    act: Callable[[Connection, Row[Any]], bool],
    *,
    tasks: bool = False,
) -> bool:
    """Look for occurrences that are due, and act on the first that, once locked, still is; whether `act` did anything.

    Each has a transaction of its own, so a person who decides at the same moment is waited for, never overruled.
    """
    database = shift.office.database
    with database.read() as tx:
        candidates = [row.id for row in in_state(tx, states, tasks=tasks) if due(tx, row)]
    for occurrence_id in candidates:
        with database.write() as tx:
            row = lock_occurrence(tx, occurrence_id)
            if row is not None and row.state in states and due(tx, row) and act(tx, row):
                return True
    return False


def overtaken_by(tx: Connection, row: Row[Any]) -> datetime | None:
    """When an edit of the plan gave it the send time it has, if that was too late for anything by then; else None.

    The first start is no edit: what it finds over was over while nobody was looking.
    """
    deadline = stage(row, "deadline")
    given = [each for each in events.of_occurrence(tx, row.id) if each.kind in _GIVING_A_TIME]
    first = tx.execute(select(installation.c.first_start_at)).scalar()
    if deadline is None or not given or given[-1].person is not None or first is None:
        return None
    at, undrafted = given[-1].at, row.kinds and row.state == OccurrenceState.PLANNED
    return at if at > first and at > (row.send_at if undrafted else deadline) else None


def drop_unused(tx: Connection, row: Row[Any], now: datetime) -> None:
    """Close an optional occurrence that nobody approved or confirmed in time; the caller has locked it."""
    move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.DROPPED, now)
    events.append(tx, "occurrence.dropped", now, occurrence=row.id, reason=say("planning.optional_unused"))


def stage(row: Row[Any], name: str) -> datetime | None:
    """When the stage of this occurrence is due; None for one without a send time."""
    text = row.stages.get(name)
    return datetime.fromisoformat(text) if text else None


def is_due(row: Row[Any], name: str, now: datetime) -> bool:
    """Whether the stage's time has come."""
    at = stage(row, name)
    return at is not None and at <= now


def is_over(row: Row[Any], now: datetime) -> bool:
    """Whether the send deadline has passed."""
    deadline = stage(row, "deadline")
    return deadline is not None and deadline < now
