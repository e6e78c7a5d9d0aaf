"""A mailing's canary left and did not come into the mailbox in time: what others got is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from worker.store.states import RecipientMailState
from worker.store.tables import canaries, mailings, occurrences
from worker.times import format_instant
from worker.watch.alerts.base import Alarm, Condition, Watch

RECENT = timedelta(days=2)
"""A canary that has not come by then will not, and has been told of."""


class CanaryMissing(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        canary = watch.office.settings.canary
        if canary is None or canary.minutes is None:
            return
        flown = (
            select(canaries.c.id, canaries.c.settled_at, occurrences.c.title, occurrences.c.id.label("occurrence"))
            .join(mailings, mailings.c.id == canaries.c.mailing_id)
            .join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
            .where(canaries.c.state == RecipientMailState.SENT, canaries.c.arrived_at.is_(None))
            .where(canaries.c.settled_at <= watch.now - timedelta(minutes=canary.minutes))
            .where(canaries.c.settled_at > watch.now - RECENT)
            .order_by(canaries.c.id)
        )
        for row in watch.tx.execute(flown):
            values = {"title": row.title, "occurrence": row.occurrence, "at": format_instant(row.settled_at, form="at")}
            yield Alarm(str(row.id), {**values, "minutes": canary.minutes})
