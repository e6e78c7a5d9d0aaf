"""A process on this or another machine that was not stopped and does not come round any more."""

from __future__ import annotations

from collections.abc import Iterator

from worker.times import format_instant
from worker.watch.alerts.base import Alarm, Condition, Watch
from worker.watch.heartbeat import WORKING, newest_work, processes


class ProcessLost(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        if watch.seconds is None:  # with a made-up time that of other processes is another
            return
        there = processes(watch.tx, watch.now)
        newest = newest_work(there)
        for each in there:
            # Somebody else does what the clock's last worker did, on another machine perhaps: nothing is missing.
            followed = each.row.kind in WORKING and newest is not None and newest.row.id != each.row.id
            if each.is_lost and not followed and each.row.id != watch.own:
                values = {"command": each.row.kind, "host": each.row.host, "at": format_instant(each.row.at, form="at")}
                yield Alarm(each.row.id, values)
