"""A mailing's canary: one more copy to an address of the office's own, made as everybody's and counted as nobody's.

It is no delivery: the audience, its numbers and the report know nothing of it. Its row says when it left and, where the
mailbox of `[inbox]` gets it, when it arrived.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.delivery import identity, spliced
from worker.office import Office
from worker.store.outbox import Outbox
from worker.store.states import MailingState, RecipientMailState
from worker.store.tables import canaries, mailings

OUTBOX = Outbox(canaries)
AT_LATEST = timedelta(hours=1)
"""After a mailing's beginning; a canary that would leave later, for it was configured meanwhile, warns nobody."""
NOBODY = 0
"""The number that stands for the canary where a recipient's would: no recipient has it."""


class Bird(NamedTuple):
    """The canary as a row of `deliveries` would be."""

    address: str
    recipient_id: int = NOBODY
    greeting: str = ""


class Flight(NamedTuple):
    """Its message, ready to leave: the envelope and the bytes."""

    sender: str
    recipient: str
    data: bytes


def without(tx: Connection, now: datetime) -> int | None:
    """A mailing that has just begun, to somebody, and has no canary yet; None when there is none."""
    young = mailings.c.frozen_at > now - AT_LATEST, mailings.c.frozen_at <= now, mailings.c.audience > 0
    found = select(mailings.c.id).outerjoin(canaries, canaries.c.mailing_id == mailings.c.id)
    first = found.where(mailings.c.state == MailingState.SENDING, *young, canaries.c.id.is_(None))
    return tx.execute(first.order_by(mailings.c.id).limit(1)).scalar()


def put(tx: Connection, mailing_id: int, now: datetime) -> None:
    """Let it wait for a relay; one for each mailing."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {
        "mailing_id": mailing_id, "state": RecipientMailState.QUEUED, "attempts": 0, "due_at": now, "created_at": now,
        "reply": "",
    }  # fmt: skip
    tx.execute(insert(canaries).values(values).on_conflict_do_nothing(index_elements=["mailing_id"]))


def message_id(office: Office, mailing: Row[Any]) -> str:
    """By which it is known when it arrives. HlasatelError when the mailing's key is no longer configured."""
    return _identity(office, mailing).message_id(NOBODY)


def flight(office: Office, mailing: Row[Any], address: str) -> Flight:
    """The message as a recipient at `address` would get it; HlasatelError when the mailing's own cannot be made."""
    messages, bird = spliced.load(office, mailing), Bird(address)
    row: Any = bird
    envelope = messages.envelope(row)
    return Flight(envelope.sender, envelope.recipient, b"".join(messages.message(row)))


def arrived(tx: Connection, message_ids: tuple[str, ...], now: datetime) -> bool:
    """Note that a mail with one of these ids came into the mailbox; whether it is a canary of ours."""
    known = canaries.c.message_id.in_(message_ids)
    tx.execute(update(canaries).where(known, canaries.c.arrived_at.is_(None)).values(arrived_at=now))
    return tx.execute(select(canaries.c.id).where(known)).first() is not None


def _identity(office: Office, mailing: Row[Any]) -> identity.Identity:
    return identity.of_mailing(office.settings, mailing.id, mailing.key_id, mailing.domain)
