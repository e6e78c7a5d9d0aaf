"""Backups were made, and none has been for days, by whatever clock. Who never made one is told by `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from worker.record import backups
from worker.times import format_instant
from worker.watch.alerts.base import Alarm, Condition, Watch


class BackupOld(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        last, days = backups.last(watch.tx), watch.office.settings.alerts.backup_days
        if last is not None and abs(watch.now - last) > timedelta(days=days):
            yield Alarm(values={"at": format_instant(last, form="at"), "days": days})
