"""Every round of the worker is broken off by an error: what comes after the faulty step is not done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import select

from worker.store.tables import heartbeats
from worker.watch.alerts.base import Alarm, Condition, Watch
from worker.watch.heartbeat import Standing


class RoundsFail(Condition):
    lasts: ClassVar[timedelta] = timedelta(minutes=5)

    def found(self, watch: Watch) -> Iterator[Alarm]:
        own = select(heartbeats.c.standing).where(heartbeats.c.id == watch.own)
        if watch.tx.execute(own).scalar() == Standing.FAILING:
            yield Alarm()
