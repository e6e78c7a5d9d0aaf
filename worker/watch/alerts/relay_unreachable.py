"""No relay takes mail. The alert itself waits for one, as every mail does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from worker.watch.alerts.base import Alarm, Condition, Watch
from worker.watch.heartbeat import newest_work, processes


class RelayUnreachable(Condition):
    lasts: ClassVar[timedelta] = timedelta(minutes=30)

    def found(self, watch: Watch) -> Iterator[Alarm]:
        newest = newest_work(processes(watch.tx, watch.now))
        if newest is not None and "relay" in newest.row.troubles:
            yield Alarm(values={"relay": str(watch.office.relay)})
