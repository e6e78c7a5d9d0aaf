"""The record's chain is broken: somebody or something changed what was written down. Only what is new is read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from worker.record import chain
from worker.store.tables import events
from worker.watch.alerts.base import Alarm, Condition, Watch

AT_ONCE = 2000
"""Events read at one look; after a start it takes some looks until all are."""


class RecordBroken(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        memory = watch.memory
        if memory.chain_broken is None:
            memory.chain, memory.chain_broken = _walked(watch.tx, *memory.chain)
        if memory.chain_broken is not None:
            yield Alarm(values={"number": memory.chain_broken})


def _walked(tx: Connection, seq: int, last: str) -> tuple[tuple[int, str], int | None]:
    """How far the record is whole behind the event `seq` with the hash `last`; the number at which it is not.

    That event itself must still be there: one cut off the end is seen by whoever has read it.
    """
    kept = tx.execute(select(events.c.hash).where(events.c.seq == seq)).scalar() if seq else last
    if kept != last:
        return (seq, last), seq
    for row in tx.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(AT_ONCE)):
        written = chain.line_hash(row.previous, row.seq, row.at, row.kind, row.occurrence_id, row.person, row.data)
        if row.seq != seq + 1 or row.previous != last or row.hash != written:
            return (seq, last), seq + 1
        seq, last = row.seq, row.hash
    return (seq, last), None
