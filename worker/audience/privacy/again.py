"""Doing again, in a restored copy of the database, what the journal says was done about people since its backup.

Who was erased, stopped or left must not be written to because an older state came back. What somebody joined since
cannot be brought back by a journal of hashes: she joins again, or the next import brings her.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience.address_hash import digest
from worker.audience.journal import Deed, Entry
from worker.audience.privacy.erase import overwriting, take_out
from worker.audience.suppression import Reason, suppress_hash
from worker.errors import HlasatelError
from worker.messages import say
from worker.record import events
from worker.settings import key_id
from worker.store.tables import departures, installation, joinings, recipient_mails, recipients, suppressions


@dataclass(frozen=True)
class Repeated:
    """How many people were erased, stopped or written off their lists again, and how many were not known here."""

    erased: int = 0
    suppressed: int = 0
    left: int = 0
    strangers: int = 0
    """Who left lists and is not known here (who came after the backup)."""


def do_again(tx: Connection, key: bytes, entries: Sequence[Entry], now: datetime) -> Repeated:
    """Do what `entries`, in the order of their times, tell. `key` is the suppression key.

    HlasatelError when they were written under another key.
    """
    if any(entry.key != key_id(key) for entry in entries):
        raise HlasatelError(say("privacy.journal_other_key"))
    if not entries:
        return Repeated()
    known = tx.execute(select(installation.c.suppression_key)).scalar()
    if known is not None and known != key_id(key):
        raise HlasatelError(say("suppression.other_key"))
    tx.execute(update(installation).values(suppression_key=key_id(key)))
    overwriting(tx)
    addresses = _known(tx, key, {entry.hash for entry in entries})
    erased = sum(_erase_again(tx, addresses.get(each.hash), each) for each in entries if each.deed is Deed.ERASED)
    suppressed = sum(_suppress_again(tx, hashed, last, addresses) for hashed, last in _last_word(entries).items())
    left, strangers = _leave_again(tx, entries, addresses)
    done = Repeated(erased, suppressed, left, strangers)
    events.append(tx, "copy.erased_again", now, erased=erased, suppressed=suppressed, left=left, strangers=strangers)
    return done


def _known(tx: Connection, key: bytes, wanted: Iterable[bytes]) -> dict[bytes, str]:
    """Of the hashes `wanted` those whose address stands somewhere here: hash → address."""
    hashes, found = set(wanted), {}
    for column in (recipients.c.address, joinings.c.address, recipient_mails.c.address):
        for address in tx.execute(select(column).distinct(), execution_options={"yield_per": 5000}).scalars():
            if (hashed := digest(key, address)) in hashes:
                found[hashed] = address
    return found


def _erase_again(tx: Connection, address: str | None, entry: Entry) -> bool:
    """Erase her unless she came afterwards; the hash keeps her out as before."""
    if address is not None:
        created = tx.execute(select(recipients.c.created_at).where(recipients.c.address == address)).scalar()
        if created is not None and created > entry.at:
            return False
    suppress_hash(tx, entry.hash, Reason.ERASED, entry.at)
    return address is not None and take_out(tx, address, entry.at) is not None


def _last_word(entries: Iterable[Entry]) -> dict[bytes, Entry]:
    return {each.hash: each for each in entries if each.deed in (Deed.SUPPRESSED, Deed.LIFTED)}


def _suppress_again(tx: Connection, hashed: bytes, entry: Entry, addresses: dict[bytes, str]) -> bool:
    stopped = entry.deed is Deed.SUPPRESSED
    if stopped:
        suppress_hash(tx, hashed, Reason(entry.reason), entry.at)
    else:
        tx.execute(suppressions.delete().where(suppressions.c.hash == hashed))
    hers = recipients.c.address == addresses.get(hashed, "")
    tx.execute(update(recipients).where(hers).values(suppressed=entry.reason if stopped else ""))
    return stopped


def _leave_again(tx: Connection, entries: Iterable[Entry], addresses: dict[bytes, str]) -> tuple[int, int]:
    """How many people were written off lists again, and how many were not known."""
    last: dict[tuple[bytes, str], Entry] = {}
    for entry in entries:
        if entry.deed in (Deed.LEFT, Deed.CAME_BACK):
            last.update({(entry.hash, name): entry for name in entry.lists})
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    left, strangers = set(), set()
    for (hashed, name), entry in last.items():
        if entry.deed is Deed.CAME_BACK:
            continue
        hers = select(recipients.c.id).where(recipients.c.address == addresses.get(hashed, ""))
        if (person := tx.execute(hers).scalar()) is None:
            strangers.add(hashed)
            continue
        values = {"recipient_id": person, "list_id": name, "left_at": entry.at, "mailing_id": None}
        new = insert(departures).values(values).on_conflict_do_nothing().returning(departures.c.list_id)
        if tx.execute(new).first() is not None:
            left.add(hashed)
    return len(left), len(strangers)
