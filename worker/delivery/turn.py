"""One turn at sending: take a slice, send what is due of it, bring it back, and say what its mailing needs.

The same for the worker who holds the lock and for any number of machines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.delivery import engine, mailings, slices
from worker.delivery import machines as queue_of_machines
from worker.delivery.engine import SliceResult
from worker.delivery.slices import Fenced, Hold
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import tallies
from worker.smtp.carrier import Carrier
from worker.store import copies, tables
from worker.store.states import DeliveryState, MailingState
from worker.times import Clock


@dataclass(frozen=True)
class Turn:
    """A turn that was had: of which mailing, what came of it, and whether somebody else took the slice away."""

    mailing_id: int
    result: SliceResult
    fenced: bool = False
    stuck: bool = False
    """It is due still, although nothing stood in the way and nothing was done: to be tried again a little later."""

    @property
    def trouble(self) -> str | None:
        """Why the relay cannot be used now."""
        return self.result.trouble


def take_turn(
    office: Office,
    carrier: Carrier,
    owner: str,
    clock: Clock,
    stopping: Callable[[], bool],
    length: timedelta,
    *,
    may_take: Callable[[Connection], bool] = lambda tx: True,
    mailing_id: int | None = None,
    number: int | None = None,
) -> Turn | None:
    """Send a slice, any that is due or the one named, for `length` at most; None when there is none to be taken.

    `may_take` is asked in the transaction that takes it; in a copy of the database that is held none is taken.
    A mailing whose message is not fit to be sent is paused.
    Raises what the database raises; the slice can then be taken by anybody at once.
    """
    now, until = clock.now, time.monotonic() + length.total_seconds()
    with office.database.write() as tx:
        may = may_take(tx) and not copies.is_held(tx)
        hold = slices.take(tx, owner, now(), mailing_id=mailing_id, number=number) if may else None
    if hold is None:
        return None
    try:
        result = _sent(office, carrier, hold, now, stopping, until)
        with office.database.write() as tx:
            stuck = _bring_back(tx, office, hold, result, now())
    except Fenced:
        return Turn(hold.mailing_id, SliceResult(), fenced=True)
    except BaseException:
        with office.database.write() as tx:
            slices.let_go(tx, hold)
        raise
    return Turn(hold.mailing_id, result, stuck=stuck)


def _sent(
    office: Office,
    carrier: Carrier,
    hold: Hold,
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
    until: float,
) -> SliceResult:
    try:
        return engine.send_slice(office, carrier, hold, now, stopping, until)
    except HlasatelError as error:
        with office.database.write() as tx:
            mailings.pause(tx, office, _mailing(tx, hold), now(), str(error), resumes=False, person=None)
        return SliceResult(more=True)


def _bring_back(tx: Connection, office: Office, hold: Hold, result: SliceResult, now: datetime) -> bool:
    """Free the slice and do what the pass means for its mailing; whether it is stuck."""
    due_at = slices.free(tx, hold, now, result.waits_until)
    if result.accepted:
        mailings.went_on(tx, hold.mailing_id)
    mailing = _mailing(tx, hold)
    if result.trouble is not None:
        mailings.pause(tx, office, mailing, now, result.trouble, resumes=True, person=None)
    elif result.failed and (reason := _too_many_failures(tx, office, hold.mailing_id)):
        mailings.pause(tx, office, mailing, now, reason, resumes=False, person=None)
    elif due_at is not None and due_at <= now and mailing.state == MailingState.SENDING:
        if not result.tried:
            return True
        queue_of_machines.enqueue(tx, office, hold.mailing_id, [hold.number])
    return False


def _mailing(tx: Connection, hold: Hold) -> Row[Any]:
    return tx.execute(select(tables.mailings).where(tables.mailings.c.id == hold.mailing_id)).one()


def _too_many_failures(tx: Connection, office: Office, mailing_id: int) -> str | None:
    limits, totals = office.settings.delivery, tallies.of_mailing(tx, mailing_id)
    # A relay that hangs up after every dot fails as surely as one that refuses.
    failed = totals.get(DeliveryState.FAILED, 0) + totals.get(DeliveryState.UNKNOWN, 0)
    tried = failed + totals.get(DeliveryState.SENT, 0)
    if failed < limits.failure_min or failed <= limits.failure_threshold * tried:
        return None
    if not totals.get(DeliveryState.QUEUED) and not totals.get(DeliveryState.RETRY):
        return None  # nothing is left that a pause could spare
    return say("delivery.too_many_failures", failed=failed, tried=tried)
