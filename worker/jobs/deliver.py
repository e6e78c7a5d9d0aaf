"""Sends the next slice of a mailing that has rows due; pauses it when the relay or too many refusals say so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from worker.delivery import ledger, mailings
from worker.delivery.slices import SliceSender
from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift
from worker.messages import say
from worker.store.states import DeliveryState


class Deliver(Job):
    """Deliveries `queued` or `retry` → a final state or `retry`."""

    turn = 1  # a slice takes seconds

    def do_one(self, shift: Shift, now: datetime) -> bool:
        database = shift.office.database
        with database.read() as tx:
            mailing = mailings.next_with_work(tx, now)
        if mailing is None or f"mailing/{mailing.id}" in shift.aside:
            return False
        sender = SliceSender(shift.office, shift.connection, shift.lock.epoch, shift.clock.now, shift.stopping.is_set)
        try:
            result = sender.send(mailing)
        except HlasatelError as error:
            return self._pause(shift, mailing, now, str(error), resumes=False)
        if result.accepted:
            with database.write() as tx:
                mailings.went_on(tx, mailing.id)
        if result.trouble is not None:
            return self._pause(shift, mailing, now, result.trouble, resumes=True)
        if reason := self._too_many_failures(shift, mailing):
            return self._pause(shift, mailing, now, reason, resumes=False)
        return result.tried > 0

    def _pause(self, shift: Shift, mailing: Row[Any], now: datetime, reason: str, *, resumes: bool) -> bool:
        if resumes:
            shift.relay_trouble = shift.relay_trouble or reason
        with shift.office.database.write() as tx:
            return mailings.pause(tx, shift.office, mailing, now, reason, resumes=resumes, person=None)

    def _too_many_failures(self, shift: Shift, mailing: Row[Any]) -> str | None:
        limits = shift.office.settings.delivery
        with shift.office.database.read() as tx:
            totals = ledger.counts(tx, mailing.id)
        # A relay that hangs up after every dot fails as surely as one that refuses.
        failed = totals.get(DeliveryState.FAILED, 0) + totals.get(DeliveryState.UNKNOWN, 0)
        tried = failed + totals.get(DeliveryState.SENT, 0)
        if failed < limits.failure_min or failed <= limits.failure_threshold * tried:
            return None
        if not totals.get(DeliveryState.QUEUED) and not totals.get(DeliveryState.RETRY):
            return None  # nothing is left that a pause could spare
        return say("delivery.too_many_failures", failed=failed, tried=tried)
