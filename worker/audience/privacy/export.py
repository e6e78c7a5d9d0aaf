"""Everything about one address as JSON (GDPR, art. 15)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings import parse_address
from worker.store.tables import deliveries, departures, mailings, memberships, recipients
from worker.times import rfc3339


def of_address(tx: Connection, address: str) -> dict[str, Any]:
    """Everything stored about one address; depends on stored data alone. HlasatelError when there is nothing."""
    spelt = parse_address(address, international=True).lower()
    known = tx.execute(select(recipients).where(recipients.c.address == spelt)).first()
    if known is None:
        raise HlasatelError(say("audience.unknown_address", address=address))
    belongs = tx.execute(
        select(memberships).where(memberships.c.recipient_id == known.id).order_by(memberships.c.list_id)
    )
    left = tx.execute(select(departures).where(departures.c.recipient_id == known.id).order_by(departures.c.list_id))
    got = tx.execute(
        select(deliveries, mailings.c.occurrence_id)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(deliveries.c.recipient_id == known.id)
        .order_by(deliveries.c.mailing_id)
    )
    return {
        "address": known.address,
        "name": known.name,
        "greeting": known.greeting,
        "since": rfc3339(known.created_at),
        "lists": [{"list": row.list_id, "since": rfc3339(row.since)} for row in belongs],
        "left": [{"list": row.list_id, "at": rfc3339(row.left_at)} for row in left],
        "deliveries": [
            {
                "occurrence": row.occurrence_id,
                "state": row.state,
                "at": rfc3339(row.settled_at) if row.settled_at else None,
                "reply": f"{row.code or ''} {row.reply}".strip(),
            }
            for row in got
        ],
    }
