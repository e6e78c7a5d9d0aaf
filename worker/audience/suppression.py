"""Addresses that are never written to again, on whatever list they are, kept as hashes under a key of their own.

A hash outlives the address: whoever was erased is not written to by the next import either. The key is never rotated,
for nobody could make the hashes anew, and it is not in the database: whoever copies that could try addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience import journal
from worker.audience.address_hash import digest
from worker.audience.journal import Deed
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.settings import key_id
from worker.store.tables import installation, recipients, suppressions


class Reason(StrEnum):
    """Why an address is not written to any more."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    ASKED = "asked"
    ERASED = "erased"
    COORDINATOR = "coordinator"


RESUMED_BY_COORDINATOR = frozenset({Reason.BOUNCE, Reason.COORDINATOR})
"""What the coordinator may take back. Whoever complained or asked for an end comes back by herself alone."""

_CLEARED = {"suppressed": "", "soft_bounces": 0, "soft_bounced_at": None}
"""Of whoever is written to again: what was counted before counts no more."""


def suppress(tx: Connection, office: Office, address: str, reason: Reason, now: datetime, detail: str = "") -> bool:
    """Never write to `address` (as recipients have it) again; False when it was suppressed before.

    `detail` is the status of a bounce, never an address. HlasatelError when the key is not the one of the database.
    """
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {"hash": _hash(tx, office, address), "reason": reason, "detail": detail, "at": now}
    tx.execute(update(installation).values(suppression_key=key_id(office.settings.suppression_key)))
    new = insert(suppressions).values(values).on_conflict_do_nothing().returning(suppressions.c.hash)
    added = tx.execute(new).first() is not None
    if added:
        tx.execute(update(recipients).where(recipients.c.address == address).values(suppressed=reason))
        if reason not in (Reason.BOUNCE, Reason.ERASED):  # servers refuse again by themselves; an erasure notes itself
            journal.note(office, Deed.SUPPRESSED, now, address, reason=reason)
    return added


def suppress_hash(tx: Connection, hashed: bytes, reason: Reason, at: datetime) -> None:
    """The same for an address that nobody here knows, by its hash alone."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {"hash": hashed, "reason": reason, "detail": "", "at": at}
    tx.execute(insert(suppressions).values(values).on_conflict_do_nothing())


def lift(tx: Connection, office: Office, address: str, now: datetime) -> None:
    """Write to `address` again: its owner asked for it herself, by a link mailed there. HlasatelError as above.

    What the coordinator stopped stays so.
    """
    found = suppressions.c.hash == _hash(tx, office, address), suppressions.c.reason != Reason.COORDINATOR
    if tx.execute(suppressions.delete().where(*found)).rowcount:
        tx.execute(update(recipients).where(recipients.c.address == address).values(_CLEARED))
        journal.note(office, Deed.LIFTED, now, address)


def resume(tx: Connection, office: Office, address: str, now: datetime) -> bool:
    """Write to `address` again, for the coordinator says so; False when that is not hers to say. Errors as above."""
    found = suppressions.c.hash == _hash(tx, office, address), suppressions.c.reason.in_(RESUMED_BY_COORDINATOR)
    if not tx.execute(suppressions.delete().where(*found)).rowcount:
        return False
    tx.execute(update(recipients).where(recipients.c.address == address).values(_CLEARED))
    journal.note(office, Deed.LIFTED, now, address)
    return True


def suppression_of(tx: Connection, office: Office, address: str) -> Row[Any] | None:
    """The row (`reason`, `detail`, `at`) of a suppressed address; HlasatelError as above."""
    return tx.execute(select(suppressions).where(suppressions.c.hash == _hash(tx, office, address))).first()


def suppressions_of(tx: Connection, office: Office, addresses: Sequence[str]) -> dict[str, Row[Any]]:
    """The same rows of those of `addresses` that are suppressed, by address; HlasatelError as above.

    As many as one statement may ask for: a thousand or so.
    """
    _refuse_another_key(tx, office)
    key = office.settings.suppression_key
    by_hash = {digest(key, address): address for address in addresses}
    found = tx.execute(select(suppressions).where(suppressions.c.hash.in_(by_hash)))
    return {by_hash[row.hash]: row for row in found}


def _hash(tx: Connection, office: Office, address: str) -> bytes:
    _refuse_another_key(tx, office)
    return digest(office.settings.suppression_key, address)


def _refuse_another_key(tx: Connection, office: Office) -> None:
    known = tx.execute(select(installation.c.suppression_key)).scalar()
    if known is not None and known != key_id(office.settings.suppression_key):
        raise HlasatelError(say("suppression.other_key"))
