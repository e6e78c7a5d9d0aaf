"""Freezing an audience from five overlapping lists, against the bare SQL that puts the same rows into the table."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, text

from bench.measured import Spread, ratios
from bench.prepared import LISTS, begin, office_at
from bench.rounds import tell
from bench.stores import Store
from bench.workshop import Workshop
from worker.office import Office
from worker.store.database import Database

NO_RELAY = 25
"""Nothing is sent."""
_NAMES = ", ".join(f"'{name}'" for name in LISTS)
_BARE = f"""
INSERT INTO deliveries (mailing_id, recipient_id, address, greeting, state, attempts, copies, reply)
SELECT :mailing, r.id, r.address, r.greeting, 'queued', 0, 0, '' FROM recipients r
WHERE r.id IN (
    SELECT m.recipient_id FROM memberships m WHERE m.list_id IN ({_NAMES})
    AND NOT EXISTS (SELECT 1 FROM departures d WHERE d.recipient_id = m.recipient_id AND d.list_id = m.list_id))
"""


def measure(shop: Workshop, store: Store, people: int, rounds: int) -> dict[str, object]:
    """Seconds of both, each into an empty table and committed; the ratio round by round."""
    ours, bare = [], []
    for number in range(1, rounds + 1):
        ours.append(_seconds(shop, store, people, _ours))
        bare.append(_seconds(shop, store, people, _bare))
        tell(f"round {number}/{rounds}  freezing on {store.name:<10} {ours[-1]:6.2f} s, bare SQL {bare[-1]:6.2f} s")
    return {
        "people": people,
        "ours": Spread.of(ours).rounded(),
        "bare": Spread.of(bare).rounded(),
        "ratio": ratios(ours, bare).rounded(),
    }


def _seconds(shop: Workshop, store: Store, people: int, freeze: Callable[[Connection, Office], int]) -> float:
    url = store.new(shop.template(store, people))
    office = office_at(url, shop.config, NO_RELAY)
    try:
        if freeze is _bare:
            _a_mailing(office.database)
        store.rest(url)
        began = time.monotonic()
        with office.database.write() as tx:
            frozen = freeze(tx, office)
        seconds = time.monotonic() - began
    finally:
        office.database.close()
        store.drop(url)
    if frozen != people:
        raise RuntimeError(f"{frozen} of {people} recipients were frozen")
    return seconds


def _ours(tx: Connection, office: Office) -> int:
    mailing = begin(tx, office)
    frozen: int = tx.execute(text("SELECT audience FROM mailings WHERE id = :id"), {"id": mailing}).scalar_one()
    return frozen


def _bare(tx: Connection, office: Office) -> int:
    return tx.execute(text(_BARE).execution_options(preserve_rowcount=True), {"mailing": 1}).rowcount


def _a_mailing(database: Database) -> None:
    """The row that every delivery points to: a mailing to nobody."""
    statement = """
    INSERT INTO mailings (id, occurrence_id, draft_id, lists, state, key_id, domain, audience, resend_after_crash,
        frozen_at, pauses, reason)
    SELECT 1, p.occurrence_id, d.id, '[]', 'sending', '', '', 0, :no, p.created_at, 0, ''
    FROM drafts d JOIN packages p ON p.id = d.package_id
    """
    with database.write() as tx:
        tx.execute(text(statement), {"no": False})
