"""What is approved and due, and was not begun: whoever works does not come to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from worker.store.states import OccurrenceState
from worker.store.tables import occurrences
from worker.times import format_instant
from worker.watch.alerts.base import Alarm, Condition, Watch


class NotBegun(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        late = watch.now - timedelta(minutes=watch.office.settings.alerts.late_minutes)
        waiting = occurrences.c.state == OccurrenceState.APPROVED, occurrences.c.send_at <= late
        for row in watch.tx.execute(select(occurrences).where(*waiting).order_by(occurrences.c.id)):
            yield Alarm(
                row.id, {"title": row.title, "occurrence": row.id, "at": format_instant(row.send_at, form="at")}
            )
