"""What a dead owner left behind in `sending`: nobody can know whether those messages arrived (ADR 4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from worker.store.states import DeliveryState, move
from worker.store.tables import deliveries

MOST_COPIES = 2


def leftovers(tx: Connection, mailing_id: int, first: int, last: int, now: datetime, *, repeats: bool) -> int:
    """Settle the rows in `sending` of the recipients `first` to `last`; how many became unknown.

    Where the mailing `repeats`, they are queued once more and never a third time; all others are for a person to
    settle. Call it in the transaction that fences their sender off.
    """
    of_slice = deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id.between(first, last)
    if repeats:
        once_more = deliveries.c.copies < MOST_COPIES
        move(tx, deliveries, DeliveryState.SENDING, DeliveryState.QUEUED, *of_slice, once_more)
    return move(
        tx, deliveries, DeliveryState.SENDING, DeliveryState.UNKNOWN, *of_slice, settled_at=now, reply="interrupted"
    )
