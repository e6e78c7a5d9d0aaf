"""The numbers in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/ and, for the names,
https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from worker.office import Office
from worker.watch.number import one
from worker.watch.numbers import numbers

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

KEPT = 5.0
"""Seconds for which an answer is given again: whoever asks more often costs the database nothing."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What `/metrics` answers. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[float, bytes] | None = None

    def text(self, office: Office, now: datetime) -> bytes:
        """The whole at `now` (aware), or as it was up to `KEPT` seconds ago.

        Without a database it is what is known without one; then `hlasatel_database_ok` is 0.
        """
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT:
                from prometheus_client import generate_latest

                self._kept = time.monotonic(), generate_latest(_registry(office, now))
            return self._kept[1]


def _registry(office: Office, now: datetime) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, ProcessCollector

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Database(office, now))
    ProcessCollector(registry=registry)
    return registry


class _Database:
    """Asks the database when it is collected."""

    def __init__(self, office: Office, now: datetime) -> None:
        self._office, self._now = office, now

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        began = time.monotonic()
        try:
            with self._office.database.read() as tx:
                found = numbers(tx, self._office, self._now)
        except SQLAlchemyError:
            found = []
        found.append(one("hlasatel_database_ok", "Whether the database could be asked.", bool(found)))
        taken = time.monotonic() - began
        found.append(one("hlasatel_scrape_seconds", "How long asking it took.", taken))
        for number in found:
            family = GaugeMetricFamily(number.name, number.help, labels=number.labels)
            for labels, value in number.values.items():
                family.add_metric(labels, value)
            yield family
