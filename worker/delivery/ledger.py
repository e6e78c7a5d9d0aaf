"""The ledger: every move of a delivery's row. One row per (mailing, recipient), from `queued` to a final state.

Claims and intents carry the epoch of the lock. A worker whose epoch has passed finds no row of its own any more, so
it can neither send nor write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from worker.channels.email import Reply
from worker.store.states import FINAL_DELIVERIES, DeliveryState, move
from worker.store.tables import deliveries, departures, installation

FIRST_BACKOFF = timedelta(minutes=5)
MAX_BACKOFF = timedelta(hours=4)


@dataclass(frozen=True)
class Outcome:
    """What became of one message after its dot, or of one envelope before it."""

    recipient_id: int
    old: DeliveryState
    new: DeliveryState
    reply: Reply | None
    at: datetime
    due_at: datetime | None = None


def is_due(now: datetime) -> ColumnElement[bool]:
    """Rows to be sent now. A retry further ahead than any delay we set means that the clock went back."""
    state, at = deliveries.c.state, deliveries.c.due_at
    return or_(
        state == DeliveryState.QUEUED, and_(state == DeliveryState.RETRY, or_(at <= now, at > now + MAX_BACKOFF))
    )


def claim(tx: Connection, mailing_id: int, epoch: int, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Take up to `limit` rows that are due, lowest recipient first; the rows as they stood. None for an old epoch."""
    # Locked against the next holder's count until this commits: its take-over then finds what is claimed here.
    if tx.execute(select(installation.c.epoch).with_for_update(read=True)).scalar_one() != epoch:
        return ()
    rows = tx.execute(
        select(deliveries)
        .where(deliveries.c.mailing_id == mailing_id, is_due(now))
        .order_by(deliveries.c.recipient_id)
        .limit(limit)
    ).all()
    chosen = deliveries.c.recipient_id.in_([row.recipient_id for row in rows])
    for old in (DeliveryState.QUEUED, DeliveryState.RETRY):
        move(tx, deliveries, old, DeliveryState.CLAIMED, deliveries.c.mailing_id == mailing_id, chosen, epoch=epoch)
    return rows


def intend(tx: Connection, mailing_id: int, recipient_id: int, lists: Sequence[str], epoch: int, now: datetime) -> bool:
    """Record that the final dot may be sent now; False when the row is not ours any more or the person has left."""
    first = func.coalesce(deliveries.c.first_try_at, now, type_=deliveries.c.first_try_at.type)
    return (
        move(
            tx, deliveries, DeliveryState.CLAIMED, DeliveryState.SENDING, *_mine(mailing_id, recipient_id, epoch),
            ~_left(lists), copies=deliveries.c.copies + 1, first_try_at=first,
        )
        == 1
    )  # fmt: skip


def suppress_if_left(
    tx: Connection, mailing_id: int, recipient_id: int, lists: Sequence[str], epoch: int, now: datetime
) -> bool:
    """Close the row of somebody who left after the audience was frozen; False when that is not the reason."""
    mine = _mine(mailing_id, recipient_id, epoch)
    left = _left(lists)
    return (
        move(tx, deliveries, DeliveryState.CLAIMED, DeliveryState.SUPPRESSED, *mine, left, settled_at=now, reply="left")
        == 1
    )


def record(tx: Connection, mailing_id: int, epoch: int, outcome: Outcome) -> bool:
    """Write an outcome; False when the row has been taken over meanwhile."""
    values: dict[str, Any] = {}
    if outcome.reply is not None:
        values |= {"code": outcome.reply.code, "reply": outcome.reply.text}
    if outcome.old is DeliveryState.SENDING and outcome.new not in (DeliveryState.SENT, DeliveryState.UNKNOWN):
        values["copies"] = deliveries.c.copies - 1  # the relay said no, or the dot never left
    if outcome.new in FINAL_DELIVERIES:
        values["settled_at"] = outcome.at
    if outcome.new is DeliveryState.RETRY:
        values |= {"attempts": deliveries.c.attempts + 1, "due_at": outcome.due_at}
        values["first_try_at"] = func.coalesce(
            deliveries.c.first_try_at, outcome.at, type_=deliveries.c.first_try_at.type
        )
    mine = _mine(mailing_id, outcome.recipient_id, epoch)
    return move(tx, deliveries, outcome.old, outcome.new, *mine, **values) == 1


def retry_at(now: datetime, attempts: int) -> datetime:
    """When to try again after `attempts` refusals for the time being: the delay doubles each time, up to a cap."""
    delay: timedelta = min(FIRST_BACKOFF * 2 ** min(attempts, 10), MAX_BACKOFF)
    return now + delay


def release(tx: Connection, mailing_id: int, epoch: int) -> int:
    """Give claimed rows back untouched."""
    return unclaim(tx, deliveries.c.mailing_id == mailing_id, deliveries.c.epoch == epoch)


def unclaim(tx: Connection, *where: ColumnElement[bool]) -> int:
    """Claimed rows go back to what they were: a retry stays one, or it would never be given up."""
    again = move(tx, deliveries, DeliveryState.CLAIMED, DeliveryState.RETRY, deliveries.c.attempts > 0, *where)
    return again + move(tx, deliveries, DeliveryState.CLAIMED, DeliveryState.QUEUED, *where)


def expire(tx: Connection, mailing_id: int, now: datetime, after: timedelta) -> int:
    """Give up on rows that have been refused for the time being since `after` ago."""
    old = deliveries.c.first_try_at <= now - after
    own = deliveries.c.mailing_id == mailing_id
    return move(tx, deliveries, DeliveryState.RETRY, DeliveryState.EXPIRED, own, old, settled_at=now)


def counts(tx: Connection, mailing_id: int) -> dict[str, int]:
    """How many rows stand in each state that any stands in."""
    rows = tx.execute(
        select(deliveries.c.state, func.count())
        .where(deliveries.c.mailing_id == mailing_id)
        .group_by(deliveries.c.state)
        .order_by(deliveries.c.state)
    )
    return {str(state): number for state, number in rows}


def _mine(mailing_id: int, recipient_id: int, epoch: int) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.mailing_id == mailing_id,
        deliveries.c.recipient_id == recipient_id,
        deliveries.c.epoch == epoch,
    )


def _left(lists: Sequence[str]) -> ColumnElement[bool]:
    """Whether the row's recipient has left every list that the mailing is addressed to."""
    left = select(func.count()).where(
        departures.c.recipient_id == deliveries.c.recipient_id, departures.c.list_id.in_(lists)
    )
    return left.scalar_subquery() >= len(lists)
