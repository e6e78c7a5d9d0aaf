"""When a recipient whose server said "later" is tried again: the delay is kept with its row and survives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_

from worker.store.states import DeliveryState
from worker.store.tables import deliveries

FIRST_BACKOFF = timedelta(minutes=5)
MAX_BACKOFF = timedelta(hours=4)


def retry_at(now: datetime, attempts: int) -> datetime:
    """When to try again after `attempts` refusals for the time being: the delay doubles each time, up to a cap."""
    delay: timedelta = min(FIRST_BACKOFF * 2 ** min(attempts, 10), MAX_BACKOFF)
    return now + delay


def is_due(now: datetime) -> ColumnElement[bool]:
    """Rows to be sent now. A retry further ahead than any delay we set means that the clock went back."""
    state, at = deliveries.c.state, deliveries.c.due_at
    return or_(
        state == DeliveryState.QUEUED, and_(state == DeliveryState.RETRY, or_(at <= now, at > now + MAX_BACKOFF))
    )
