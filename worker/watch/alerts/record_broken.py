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
    for line in chain.walk_on(tx, seq, last, AT_ONCE):
        if line.faults:
            return (seq, last), line.faults[0].seq
        seq, last = line.seq, line.hash
    return (seq, last), None
