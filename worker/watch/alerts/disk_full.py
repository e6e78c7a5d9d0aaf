"""Little space is left where the data lies: without any, nothing can be written down, and so nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator

from worker.watch.alerts.base import Alarm, Condition, Watch
from worker.watch.disk import free_bytes


class DiskFull(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        free, least = free_bytes(watch.office.settings.data), watch.office.settings.alerts.free_megabytes
        if free is not None and free < least * 1_000_000:
            values = {"free": free // 1_000_000, "least": least, "folder": watch.office.settings.data}
            yield Alarm(values=values)
