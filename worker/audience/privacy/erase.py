"""Erasing a person (GDPR, art. 17): what stays says nothing of her but that her address is not written to again.

Her row keeps its number, for every delivery must be in one state for ever (I1); it bears no address, no name and
nothing that she chose. Her address outlives her as a keyed hash alone (`suppression`): no import brings her back.

What a database deletes is gone from its answers, not yet from its file. On SQLite the pages are overwritten
(`secure_delete`), the file is written anew (`VACUUM`), and the journal, which holds pages as they were, is emptied. On
PostgreSQL the tables are vacuumed; what the server keeps beside them (WAL, backups) is the administrator's.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from worker.audience import journal
from worker.audience.journal import Deed
from worker.audience.privacy import answers
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events, mailing_returns
from worker.settings import parse_address
from worker.store import before, erased
from worker.store.database import Database
from worker.store.states import DeliveryState, move
from worker.store.tables import (
    bounces,
    deliveries,
    departures,
    excluded,
    joining_links,
    joinings,
    memberships,
    notices,
    recipient_links,
    recipient_mails,
    recipient_topics,
    recipients,
    slices,
    subscriptions,
)

OPEN = (DeliveryState.QUEUED, DeliveryState.RETRY)
HANGING_ON_IT = (
    memberships, departures, recipient_topics, subscriptions, recipient_links, bounces, excluded, recipient_mails,
)  # fmt: skip
TOUCHED = (recipients, deliveries, joinings, joining_links, notices, *HANGING_ON_IT)
"""Tables that something of a person may have stood in."""


@dataclass(frozen=True)
class Erased:
    """Whether anything was held about the address, and how many messages are not sent because of it."""

    found: bool
    stopped: int = 0


def erase(office: Office, address: str, now: datetime, *, by: str | None = None) -> Erased:
    """Erase everything about `address` and clean the database's file; again and again without harm.

    `by` is the id of whoever does it. HlasatelError when nothing is held about it and nothing was erased before.
    """
    spelt = parse_address(address, international=True).lower()
    with office.database.write() as tx:
        overwriting(tx)
        done = _erase(tx, office, spelt, now, by)
    if done is None:
        raise HlasatelError(say("audience.unknown_address", address=address))
    clean(office.database)
    return done


def _erase(tx: Connection, office: Office, address: str, now: datetime, by: str | None) -> Erased | None:
    done = take_out(tx, address, now, by=by)
    if done is None:
        return Erased(found=False) if suppression_of(tx, office, address) else None
    suppress(tx, office, address, Reason.ERASED, now)
    journal.note(office, Deed.ERASED, now, address)
    return done


def take_out(tx: Connection, address: str, now: datetime, *, by: str | None = None) -> Erased | None:
    """Take everything about `address` out of the database, and record it; None when nothing was held about it."""
    recipient = tx.execute(select(recipients.c.id).where(recipients.c.address == address)).scalar()
    asked = select(joinings.c.id).where(joinings.c.address == address)
    mailed = select(recipient_mails.c.id).where(recipient_mails.c.address == address)
    known = recipient is not None or any(tx.execute(each.limit(1)).first() for each in (asked, mailed))
    if not known:
        return None
    stopped = forget(tx, recipient, now) if recipient is not None else 0
    tx.execute(delete(joining_links).where(joining_links.c.joining_id.in_(asked)))
    tx.execute(delete(joinings).where(joinings.c.address == address))
    tx.execute(delete(recipient_mails).where(recipient_mails.c.address == address))
    answers.take_out(tx, address)
    events.append(tx, "recipient.erased", now, person=by, recipient=recipient)
    return Erased(True, stopped)


def forget(tx: Connection, recipient_id: int, now: datetime) -> int:
    """Empty a recipient's row and all that hangs on it; how many open deliveries were closed."""
    stopped = _stop(tx, recipient_id, now)
    answers.forget(tx, recipient_id)
    mailing_returns.before_forgetting(tx, recipient_id)
    for table in HANGING_ON_IT:
        tx.execute(delete(table).where(table.c.recipient_id == recipient_id))
    nowhere = erased.address_of(recipient_id)
    own: ColumnElement[bool] = deliveries.c.recipient_id == recipient_id
    tx.execute(update(deliveries).where(own).values(address=nowhere, greeting="", reply="", unsubscribe_hash=None))
    emptied = {
        "address": nowhere, "name": "", "greeting": "", "kind": "person", "language": "cs", "paused_until": None,
        "suppressed": Reason.ERASED, "soft_bounces": 0, "soft_bounced_at": None, "created_at": now,
    }  # fmt: skip
    tx.execute(update(recipients).where(recipients.c.id == recipient_id).values(emptied))
    return stopped


def _stop(tx: Connection, recipient_id: int, now: datetime) -> int:
    """Close what is still to be sent to her; how many deliveries were open.

    A row whose slice somebody holds is that sender's to write: before every final dot it looks whether she is
    suppressed, and closes the row itself (I6).
    """
    own = deliveries.c.recipient_id == recipient_id
    around = and_(
        slices.c.mailing_id == deliveries.c.mailing_id, slices.c.first <= recipient_id, slices.c.last >= recipient_id
    )
    going = select(deliveries.c.mailing_id, deliveries.c.state, slices.c.owner).join(slices, around)
    still = tx.execute(going.where(own, deliveries.c.state.in_(OPEN)).with_for_update(of=slices)).all()
    for row in still:
        if row.owner == "":
            one = own, deliveries.c.mailing_id == row.mailing_id
            move(tx, deliveries, DeliveryState(row.state), DeliveryState.SUPPRESSED, *one, settled_at=now)
    return len(still)


def overwriting(tx: Connection) -> None:
    """Have what this connection deletes or moves overwritten (https://www.sqlite.org/pragma.html#pragma_secure_delete)."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(_OVERWRITE)


_OVERWRITE = "PRAGMA secure_delete=ON"


def clean(database: Database) -> None:
    """Leave nothing of what was deleted in the database's file; waits for whoever is writing.

    An erasure that is killed before this is repeated with the same command. HlasatelError when somebody reads for too
    long: what is erased is gone from every answer, but may still lie in the file.
    """
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
            for table in TOUCHED:
                alone.exec_driver_sql(f"VACUUM {table.name}")
        return
    before.forget(database)
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        cursor.execute(_OVERWRITE)  # else a page written anew may hold what its memory held before
        cursor.execute("VACUUM")
        if mode == "wal":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        else:  # the journal holds the pages as they were before; a commit in this mode empties it, nobody else writing
            cursor.execute("PRAGMA journal_mode=TRUNCATE").fetchall()
            cursor.executescript("BEGIN IMMEDIATE; UPDATE installation SET id = id; COMMIT")
            cursor.execute(f"PRAGMA journal_mode={mode}").fetchall()
    except sqlite3.OperationalError as error:
        raise HlasatelError(say("privacy.not_cleaned", why=str(error))) from error
    finally:
        connection.close()
