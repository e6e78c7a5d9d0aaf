"""Recipients whom the relay refused for good (5yz to RCPT, DATA or the dot) are bounces too: they came back at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from worker.audience.bounces import taking
from worker.audience.bounces.status import judge
from worker.office import Office
from worker.record import tallies
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import bounces, deliveries, mailings

AT_ONCE = 500
_GOOD = 500
"""Reply codes from here on are final (RFC 5321 §4.2.1)."""


def waiting(tx: Connection) -> int | None:
    """A mailing that is done and whose refused are to be noted; None without one."""
    found = select(mailings.c.id).where(mailings.c.state == MailingState.DONE, mailings.c.refusals_at.is_(None))
    return tx.execute(found.limit(1)).scalar()


def note_some(tx: Connection, office: Office, mailing_id: int, now: datetime) -> None:
    """Note some of the refused of a mailing, and what follows for their addresses.

    Where more were refused than may (`[delivery] failure_threshold`), the fault is hardly theirs: they are noted alone.
    """
    noted = exists().where(bounces.c.mailing_id == mailing_id, bounces.c.recipient_id == deliveries.c.recipient_id)
    refused = tx.execute(
        select(deliveries)
        .where(
            deliveries.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.FAILED,
            deliveries.c.code >= _GOOD, ~noted,
        )
        .order_by(deliveries.c.recipient_id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    believed = not _too_many(tx, office, mailing_id)
    for row in refused:
        sort, status = judge("", row.reply)
        taking.note(tx, row, sort, status, now)
        if believed:
            taking.act(tx, office, row, sort, status, now)
    if len(refused) < AT_ONCE:
        tx.execute(update(mailings).where(mailings.c.id == mailing_id).values(refusals_at=now))


def _too_many(tx: Connection, office: Office, mailing_id: int) -> bool:
    limits, totals = office.settings.delivery, tallies.of_mailing(tx, mailing_id)
    failed = totals.get(DeliveryState.FAILED, 0)
    tried = failed + totals.get(DeliveryState.SENT, 0) + totals.get(DeliveryState.UNKNOWN, 0)
    return failed >= limits.failure_min and failed > limits.failure_threshold * tried
