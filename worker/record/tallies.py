"""How far a mailing is, by the numbers its slices keep: no query here looks at a single delivery."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from worker.store.tables import slices


def of_mailing(tx: Connection, mailing_id: int) -> dict[str, int]:
    """State → number of rows, of states that any row stands in; as of the last commit of whoever sends."""
    total: Counter[str] = Counter()
    for tallies in tx.execute(select(slices.c.tallies).where(slices.c.mailing_id == mailing_id)).scalars():
        total.update(tallies)
    return {state: number for state, number in sorted(total.items()) if number}
