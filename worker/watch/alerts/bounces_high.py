"""Much of a mailing came back for good, though not so much that it was stopped: the list wants cleaning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import func, select

from worker.store.tables import bounces, mailings, occurrences
from worker.watch.alerts.base import Alarm, Condition, Watch

RECENT = timedelta(days=7)
LEAST = 10
"""Fewer than so many that came back alarm nobody, whatever their share."""


class BouncesHigh(Condition):
    coordinator: ClassVar[bool] = True

    def found(self, watch: Watch) -> Iterator[Alarm]:
        # One that came back by storm was paused and told of then.
        recent = mailings.c.frozen_at > watch.now - RECENT, mailings.c.storm_at.is_(None), bounces.c.sort == "hard"
        back = (
            select(mailings.c.id, mailings.c.audience, occurrences.c.title, func.count().label("back"))
            .join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
            .join(bounces, bounces.c.mailing_id == mailings.c.id)
            .where(*recent)
            .group_by(mailings.c.id, mailings.c.audience, occurrences.c.title)
            .order_by(mailings.c.id)
        )
        for row in watch.tx.execute(back):
            if row.back >= LEAST and row.back > row.audience * watch.office.settings.alerts.bounce_share:
                values = {"title": row.title, "back": row.back, "audience": row.audience}
                yield Alarm(str(row.id), values)
