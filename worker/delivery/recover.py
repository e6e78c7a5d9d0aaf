"""What a dead owner left behind in `sending`: nobody can know whether those messages arrived (ADR 4).

The same holds for everything that was open in a copy of the database that is let go: the original may have sent it
since (ADR 29).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from worker.store.states import DeliveryState, MailingState, move
from worker.store.tables import deliveries, mailings, slices

MOST_COPIES = 2
COPIED = "copied"
"""The reply of rows that were open when the database was copied."""
_OPEN = (DeliveryState.QUEUED, DeliveryState.RETRY, DeliveryState.SENDING)


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


def all_open(tx: Connection, now: datetime) -> int:
    """Settle as unknown whatever is open of any mailing, unsent or not; how many rows. For a copy that is let go."""
    doubted = 0
    pieces = select(slices).join(mailings).where(mailings.c.state != MailingState.DONE)
    for piece in tx.execute(pieces.order_by(slices.c.mailing_id, slices.c.number)).all():
        inside = deliveries.c.mailing_id == piece.mailing_id, deliveries.c.recipient_id.between(piece.first, piece.last)
        for state in _OPEN:
            doubted += move(tx, deliveries, state, DeliveryState.UNKNOWN, *inside, settled_at=now, reply=COPIED)
        one = slices.c.mailing_id == piece.mailing_id, slices.c.number == piece.number
        tx.execute(update(slices).where(*one).values(owner="", lease_until=None, epoch=piece.epoch + 1))
    return doubted
