"""Everything we hold about one address, as JSON: the right of access and of portability (GDPR, art. 15 and 20)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, or_, select

from worker.audience.leaving.choices import topics_of
from worker.audience.privacy import answers
from worker.audience.suppression import suppression_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.settings import parse_address
from worker.store.tables import (
    bounces,
    consent_texts,
    deliveries,
    departures,
    events,
    excluded,
    joinings,
    mailings,
    memberships,
    recipient_links,
    recipient_mails,
    recipients,
    subscriptions,
)
from worker.times import rfc3339


def of_address(tx: Connection, office: Office, address: str) -> dict[str, Any]:
    """Everything stored about `address`; depends on stored data alone. HlasatelError when there is nothing.

    Of somebody who is no recipient there may be requests to join and mails; of one who was erased nothing but that
    the address is not written to any more.
    """
    spelt = parse_address(address, international=True).lower()
    known = tx.execute(select(recipients).where(recipients.c.address == spelt)).first()
    suppressed = suppression_of(tx, office, spelt)
    found: dict[str, Any] = {"address": spelt}
    if known is not None:
        found |= _person(tx, known)
    if suppressed is not None:
        found["suppressed"] = {
            "reason": suppressed.reason, "detail": suppressed.detail, "since": rfc3339(suppressed.at),
        }  # fmt: skip
    found |= {name: rows for name, rows in _asked_and_mailed(tx, spelt, known.id if known else None) if rows}
    if len(found) == 1:
        raise HlasatelError(say("audience.unknown_address", address=address))
    return found


def _person(tx: Connection, known: Row[Any]) -> dict[str, Any]:
    own = known.id
    return {
        "name": known.name,
        "greeting": known.greeting,
        "kind": known.kind,
        "language": known.language,
        "since": rfc3339(known.created_at),
        "topics": list(topics_of(tx, own)),
        "paused_until": _at(known.paused_until),
        "lists": [{"list": row.list_id, "since": rfc3339(row.since)} for row in _rows(tx, memberships, own)],
        "left": [{"list": row.list_id, "at": rfc3339(row.left_at)} for row in _rows(tx, departures, own)],
        "consents": _consents(tx, own),
        "deliveries": _deliveries(tx, own),
        "not_sent": _not_sent(tx, own),
        "returned": [
            {"sort": row.sort, "status": row.status, "at": rfc3339(row.at)} for row in _rows(tx, bounces, own)
        ],
        "answers": [{"at": rfc3339(row.created_at), "text": row.data["text"]} for row in answers.of_recipient(tx, own)],
        "put_off": {"times": known.soft_bounces, "last": _at(known.soft_bounced_at)},
        "links": [
            {"purpose": row.purpose, "at": rfc3339(row.created_at), "new_address": row.address}
            for row in _rows(tx, recipient_links, own)
        ],
        "record": _recorded(tx, own),
    }


def _rows(tx: Connection, table: Table, recipient_id: int) -> Sequence[Row[Any]]:
    """The person's rows of a table, always in the same order."""
    keys = [column for column in table.primary_key.columns if column.name != "recipient_id"]
    order = [table.c.created_at] if "hash" in table.c else keys
    return tx.execute(select(table).where(table.c.recipient_id == recipient_id).order_by(*order)).all()


def _consents(tx: Connection, recipient_id: int) -> list[dict[str, Any]]:
    """What she agreed to, word for word, and when."""
    found = select(subscriptions, consent_texts.c.text).join(
        consent_texts, consent_texts.c.version == subscriptions.c.text_version
    )
    rows = tx.execute(found.where(subscriptions.c.recipient_id == recipient_id).order_by(subscriptions.c.id))
    return [
        {
            "list": row.list_id,
            "version": row.text_version,
            "text": row.text,
            "asked": rfc3339(row.asked_at),
            "confirmed": rfc3339(row.confirmed_at),
            "withdrawn": _at(row.withdrawn_at),
        }
        for row in rows
    ]


def _deliveries(tx: Connection, recipient_id: int) -> list[dict[str, Any]]:
    got = (
        select(deliveries, mailings.c.occurrence_id)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(deliveries.c.recipient_id == recipient_id)
        .order_by(deliveries.c.mailing_id)
    )
    return [
        {
            "occurrence": row.occurrence_id,
            "address": row.address,
            "state": row.state,
            "at": _at(row.settled_at),
            "reply": f"{row.code or ''} {row.reply}".strip(),
        }
        for row in tx.execute(got)
    ]


def _not_sent(tx: Connection, recipient_id: int) -> list[dict[str, Any]]:
    """The mailings that she was left out of, and why."""
    found = (
        select(excluded.c.reason, mailings.c.occurrence_id, mailings.c.frozen_at)
        .join(mailings, mailings.c.id == excluded.c.mailing_id)
        .where(excluded.c.recipient_id == recipient_id)
        .order_by(excluded.c.mailing_id)
    )
    return [
        {"occurrence": row.occurrence_id, "reason": row.reason, "at": rfc3339(row.frozen_at)}
        for row in tx.execute(found)
    ]


def _recorded(tx: Connection, recipient_id: int) -> list[dict[str, Any]]:
    """What the append-only record says of her, by her number alone."""
    kinds = or_(events.c.kind.like("list.%"), events.c.kind.like("recipient.%"))
    rows = tx.execute(select(events).where(kinds).order_by(events.c.seq))
    read = ((row, json.loads(row.data)) for row in rows)
    return [
        {"event": row.kind, "at": rfc3339(row.at), "data": data}
        for row, data in read
        if data.get("recipient") == recipient_id
    ]


def _asked_and_mailed(
    tx: Connection, address: str, recipient_id: int | None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What is kept under the address, whether or not it is a recipient's."""
    asked = tx.execute(select(joinings).where(joinings.c.address == address).order_by(joinings.c.id))
    yield (
        "asked_to_join",
        [
            {
                "lists": row.lists,
                "topics": row.topics,
                "language": row.language,
                "text_version": row.text_version,
                "asked": rfc3339(row.asked_at),
                "confirmed": _at(row.confirmed_at),
                "deleted": rfc3339(row.ends_at),
            }
            for row in asked
        ],
    )
    hers = or_(recipient_mails.c.address == address, recipient_mails.c.recipient_id == recipient_id)
    mails = select(recipient_mails).where(hers).order_by(recipient_mails.c.id)
    yield (
        "mails",
        [
            {"purpose": row.purpose, "state": row.state, "asked": rfc3339(row.created_at), "at": _at(row.settled_at)}
            for row in tx.execute(mails)
        ],
    )


def _at(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
