"""The one checker: what must hold after any number of kills (design: I1–I3, I6–I8), against the relay's own journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, func, or_, select, text

from tests.faults.moves import strange_moves
from tests.faults.stage import Stage
from tests.fixtures.fault_relay import Accepted, FaultRelay
from worker.record import events
from worker.store.states import FINAL_DELIVERIES, DeliveryState
from worker.store.tables import deliveries, mailings, slices

_D = DeliveryState


class Violation(AssertionError):
    """Something that must always hold does not."""


def check(
    stage: Stage, *, extra: int = 0, unknown: int | None = None, others: FaultRelay | None = None
) -> Counter[str]:
    """Everything at the end of a run; the rows by state.

    `extra`: how many second copies may have been accepted (kills × connections); `unknown`: how many rows at most may
    be in doubt, None for as many as extra copies; `others`: a second relay that messages went to.
    """
    rows, copies = stage.rows(), stage.relay.copies()
    for recipient, more in (others.copies() if others else {}).items():
        copies[recipient] = copies.get(recipient, []) + more
    faults = [
        *audience(stage, rows),
        *_final(stage, rows),
        *_accounted(rows, copies),
        *_copies(stage, rows, copies, extra),
        *_identities(copies),
        *_slices(stage),
        *_database(stage),
    ]
    states = Counter(str(row.state) for row in rows)
    if states[_D.UNKNOWN] > (extra if unknown is None else unknown):
        faults.append(f"{states[_D.UNKNOWN]} rows in doubt, {extra if unknown is None else unknown} may be")
    if faults:
        raise Violation("\n".join(f"{number} × {fault}" for fault, number in Counter(faults).most_common(20)))
    return states


def audience(stage: Stage, rows: list[Row[Any]]) -> list[str]:
    """I1: everybody frozen has exactly one row, and the mailing knows how many."""
    found = []
    addresses = Counter(row.address for row in rows)
    if len(addresses) != stage.play.people:
        found.append(f"I1: rows for {len(addresses)} people, {stage.play.people} were meant")
    found += [f"I1: {number} rows for one person" for number in addresses.values() if number > 1][:1]
    with stage.database.read() as tx:
        totals = tx.execute(select(func.sum(mailings.c.audience))).scalar()
    if totals != len(rows):
        found.append(f"I1: {len(rows)} rows in audiences of {totals}")
    return found


def _final(stage: Stage, rows: list[Row[Any]]) -> list[str]:
    with stage.database.read() as tx:
        left = tx.execute(select(func.count()).where(mailings.c.state != "done")).scalar()
    found = [f"I2: {left} mailings did not end"] if left else []
    states = Counter(str(row.state) for row in rows if DeliveryState(row.state) not in FINAL_DELIVERIES)
    return found + [f"I2: {number} rows ended as {state}" for state, number in states.items()]


def _accounted(rows: list[Row[Any]], copies: Mapping[str, list[Accepted]]) -> list[str]:
    """I2: what was accepted is recorded as sent or unknown, and what is recorded as sent was accepted."""
    found = []
    for row in rows:
        accepted = len(copies.get(row.address, ()))
        if accepted and row.state not in (_D.SENT, _D.UNKNOWN):
            found.append(f"I2: accepted {accepted} times, recorded as {row.state}")
        if not accepted and row.state == _D.SENT:
            found.append("I2: lost: recorded as sent, never accepted")
        if accepted > row.copies:
            found.append(f"I2: accepted {accepted} times, {row.copies} on record")
    strangers = copies.keys() - {row.address for row in rows}
    return found + [f"{len(strangers)} people got it who were not meant"] * bool(strangers)


def _copies(stage: Stage, rows: list[Row[Any]], copies: Mapping[str, list[Accepted]], extra: int) -> list[str]:
    most = max((len(each) for each in copies.values()), default=0)
    surplus = sum(len(each) - 1 for each in copies.values())
    found = [f"I2: {most} copies at one person"] if most > stage.play.most_copies else []
    return found + ([f"I2: {surplus} extra copies, {extra} may be"] if surplus > extra else [])


def _identities(copies: Mapping[str, list[Accepted]]) -> list[str]:
    """I3: one Message-ID and the same bytes for every copy of a delivery, and no two deliveries share one."""
    found = []
    owners: Counter[str] = Counter()
    for each in copies.values():
        ids, bodies = {copy.message_id for copy in each}, {copy.digest for copy in each}
        if len(ids) > 1 or len(bodies) > 1:
            found.append(f"I3: {len(ids)} Message-IDs and {len(bodies)} texts of one delivery")
        owners.update(ids)
    return found + [f"I3: one Message-ID for {number} people" for number in owners.values() if number > 1][:1]


def _slices(stage: Stage) -> list[str]:
    """I7, and that every slice knows what became of its rows."""
    with stage.database.read() as tx:
        held = tx.execute(select(func.count()).where(or_(slices.c.owner != "", slices.c.due_at.is_not(None)))).scalar()
        tallies: Counter[str] = Counter()
        for each in tx.execute(select(slices.c.tallies)).scalars():
            tallies.update(each)
        real = tx.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state)).all()
    found = [f"I7: {held} slices are still somebody's, or have work"] if held else []
    return found + ([] if +tallies == {state: number for state, number in real} else ["the slices' tallies are wrong"])


def _database(stage: Stage) -> list[str]:
    """The file is whole, the record's chain too, and no row moved as it may not (I8)."""
    found = [f"I8: {each}" for each in strange_moves(stage.url)]
    with stage.database.read() as tx:
        if stage.database.is_sqlite:
            words = tx.execute(text("PRAGMA integrity_check")).scalars().all()
            found += [f"database: {word}" for word in words if word != "ok"]
        broken = events.first_broken(tx)
    return found + ([f"record: broken from event {broken} on"] if broken is not None else [])
