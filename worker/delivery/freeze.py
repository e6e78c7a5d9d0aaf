"""Freezing an audience: from here on it is settled who gets this draft, whatever happens to the lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, select, update

from worker.audience.members import Addressed, exclude, gets_it
from worker.delivery import identity, machines, slices
from worker.kinds import find
from worker.office import Office
from worker.record import events
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import deliveries, mailings, recipients


def freeze(tx: Connection, office: Office, occurrence_id: str, draft: Row[Any], to: Addressed, now: datetime) -> int:
    """Begin the mailing of one approved draft, everybody once; its id. An empty audience is recorded so.

    Kept as well is why each of the others to whom it was addressed does not get it.
    """
    key = identity.newest_key_id(office.settings)
    domain = office.settings.mail_of(draft.kind).from_address.rpartition("@")[2]
    mailing_id: int = tx.execute(
        mailings.insert()
        .values(
            occurrence_id=occurrence_id,
            draft_id=draft.id,
            lists=list(to.lists),
            state=MailingState.SENDING,
            key_id=key,
            domain=domain,
            audience=0,
            resend_after_crash=_sent_again(draft.kind),
            frozen_at=now,
            pauses=0,
            reason="",
        )
        .returning(mailings.c.id)
    ).scalar_one()
    people = _rows(tx, mailing_id, gets_it(office, to, now))
    left_out = exclude(tx, office, mailing_id, to, now)
    tx.execute(update(mailings).where(mailings.c.id == mailing_id).values(audience=people, left_out=left_out))
    cut = slices.cut(tx, mailing_id, slices.rows_of(people, office.settings.delivery.machines))
    machines.enqueue(tx, office, mailing_id, cut)
    kind = "mailing.frozen" if people else "mailing.empty"
    told: dict[str, Any] = {"excluded": left_out} if left_out else {}
    events.append(
        tx,
        kind,
        now,
        occurrence=occurrence_id,
        mailing=mailing_id,
        draft=draft.kind,
        lists=list(to.lists),
        audience=people,
        **told,
    )
    return mailing_id


def _rows(tx: Connection, mailing_id: int, gets: ColumnElement[bool]) -> int:
    """One delivery for each recipient who `gets` it, all in one statement; how many."""
    everybody = select(
        literal(mailing_id), recipients.c.id, recipients.c.address, recipients.c.greeting,
        literal(DeliveryState.QUEUED, deliveries.c.state.type), literal(0), literal(0), literal(""),
    ).where(gets)  # fmt: skip
    # In the order in which they are read and written again: rows that are sent together lie together.
    everybody = everybody.order_by(recipients.c.id)
    columns = ["mailing_id", "recipient_id", "address", "greeting", "state", "attempts", "copies", "reply"]
    counted = {"preserve_rowcount": True}
    number = tx.execute(deliveries.insert().from_select(columns, everybody), execution_options=counted).rowcount
    if tx.dialect.name == "postgresql":
        # Its planner would take the table for an empty one, and read all of it for every few rows.
        tx.exec_driver_sql("ANALYZE deliveries")
    return number


def _sent_again(kind_id: str) -> bool:
    """Whether a copy may follow where a crash left it open; never for a kind that is not built in any more."""
    kind = find(kind_id)
    return kind is not None and kind.resend_after_crash
