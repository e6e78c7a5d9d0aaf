"""Sends what was refused to a person's new address, once people.yaml has it."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.notices import refusals


class AskAtNewAddress(Job):
    """Notice `failed` stays so; the same is queued anew."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            if refusals.waiting(tx, shift.office) is None:
                return False
        with database.write() as tx:
            return refusals.ask_again(tx, shift.office, now)
