"""Freezing an audience: from here on it is settled who gets this draft, whatever happens to the lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.audience.leave import token_hash
from worker.audience.members import audience
from worker.delivery import identity
from worker.kinds import all_kinds
from worker.office import Office
from worker.record import events
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import deliveries, mailings, recipients

CHUNK = 500


def freeze(
    tx: Connection, office: Office, occurrence_id: str, draft: Row[Any], lists: Sequence[str], now: datetime
) -> int:
    """Begin the mailing of one approved draft to `lists`, everybody once; its id. An empty audience is recorded so."""
    key = identity.newest_key_id(office.settings)
    domain = office.settings.mail_of(draft.kind).from_address.rpartition("@")[2]
    people = tx.execute(
        select(recipients.c.id, recipients.c.address, recipients.c.greeting)
        .where(recipients.c.id.in_(select(audience(office, lists).subquery().c.id)))
        .order_by(recipients.c.id)
    ).all()
    mailing_id: int = tx.execute(
        mailings.insert()
        .values(
            occurrence_id=occurrence_id,
            draft_id=draft.id,
            lists=list(lists),
            state=MailingState.SENDING,
            key_id=key,
            domain=domain,
            audience=len(people),
            resend_after_crash=all_kinds()[draft.kind].resend_after_crash,
            frozen_at=now,
            pauses=0,
            reason="",
        )
        .returning(mailings.c.id)
    ).scalar_one()
    derive = identity.of_mailing(office.settings, mailing_id, key, domain)
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        tx.execute(deliveries.insert(), [_row(mailing_id, *person, derive) for person in chunk])
    kind = "mailing.frozen" if people else "mailing.empty"
    events.append(
        tx,
        kind,
        now,
        occurrence=occurrence_id,
        mailing=mailing_id,
        draft=draft.kind,
        lists=list(lists),
        audience=len(people),
    )
    return mailing_id


def _row(mailing_id: int, recipient_id: int, address: str, greeting: str, derive: identity.Identity) -> dict[str, Any]:
    return {
        "mailing_id": mailing_id,
        "recipient_id": recipient_id,
        "address": address,
        "greeting": greeting,
        "state": DeliveryState.QUEUED,
        "epoch": 0,
        "attempts": 0,
        "copies": 0,
        "reply": "",
        "unsubscribe_hash": token_hash(derive.unsubscribe_token(recipient_id)),
    }
