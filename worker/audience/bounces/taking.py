"""What a bounce or a complaint changes: it is noted once, and the address may be written to no more.

It is a fact beside the delivery's state: it may come before the commit that says what the relay answered, and neither
touches the other. Nothing here is a reason to send again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience.bounces.status import Sort
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.store.states import DeliveryState
from worker.store.tables import bounces, deliveries, recipients

SOFT_MOST = 5
"""So many failures for now, none taken back by time, and the address is given up."""
FADES = timedelta(days=30)
"""One of them is forgotten each time this has passed without another."""
_ONE_FACT = timedelta(days=1)
"""Several mailings that meet one full mailbox on a day meet it once."""


def note(tx: Connection, delivery: Row[Any], sort: Sort, status: str, now: datetime) -> bool:
    """Keep what came back of `delivery` (`token.delivery_of`); False when that was known before."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    who = {"mailing_id": delivery.mailing_id, "recipient_id": delivery.recipient_id}
    values = {**who, "sort": sort, "status": status, "at": now}
    added = insert(bounces).values(values).on_conflict_do_nothing().returning(bounces.c.id)
    return tx.execute(added).first() is not None


def act(tx: Connection, office: Office, delivery: Row[Any], sort: Sort, status: str, now: datetime) -> bool:
    """What follows for the address that was written to, for a fact just noted; whether it is suppressed now.

    A recipient whose address has changed since, or who was erased, keeps the new one as it is.
    """
    if not delivery.address:
        return False
    if sort is Sort.COMPLAINT:
        return suppress(tx, office, delivery.address, Reason.COMPLAINT, now, status)
    if sort is Sort.HARD or (sort is Sort.SOFT and _too_often(tx, delivery, now)):
        return suppress(tx, office, delivery.address, Reason.BOUNCE, now, status)
    return False


def number(tx: Connection, mailing_id: int) -> int:
    """How many recipients of a mailing sent back what speaks against them or us; soft failures do not count.

    Nor do those whom the relay refused: delivery counts them itself.
    """
    against = bounces.c.mailing_id == mailing_id, bounces.c.sort.in_([Sort.HARD, Sort.OURS, Sort.COMPLAINT])
    delivery = and_(deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id == bounces.c.recipient_id)
    refused = exists().where(delivery, deliveries.c.state == DeliveryState.FAILED)
    return tx.execute(select(func.count()).select_from(bounces).where(*against, ~refused)).scalar_one()


def _too_often(tx: Connection, delivery: Row[Any], now: datetime) -> bool:
    """Count one failure for now, with what time has taken back; whether that makes too many."""
    this = recipients.c.id == delivery.recipient_id, recipients.c.address == delivery.address
    row = tx.execute(select(recipients.c.soft_bounces, recipients.c.soft_bounced_at).where(*this)).first()
    if row is None:
        return False
    passed = now - row.soft_bounced_at if row.soft_bounced_at is not None else FADES
    if row.soft_bounces and passed < _ONE_FACT:
        return False
    count: int = max(row.soft_bounces - passed // FADES, 0) + 1
    tx.execute(update(recipients).where(*this).values(soft_bounces=count, soft_bounced_at=now))
    return count >= SOFT_MOST
