"""Asks heads or the director for comments on what has just been drafted, all at once, before the approvers are asked.

Drafted too late for that, it goes to the approvers without, and the coordinator is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import comments
from worker.jobs.base import Job, Shift, act_on_one
from worker.record import holds
from worker.store.states import OccurrenceState


class AskComments(Job):
    """`preparing` stays `preparing`; its commenters hear of it."""

    order = 40  # before the approvers are asked, or a late draft would go past its commenters without a word

    def do_one(self, shift: Shift, now: datetime) -> bool:
        def due(tx: Connection, row: Row[Any]) -> bool:
            if not row.commenters or holds.covers(tx, row):
                return False
            return bool(comments.still_to_ask(tx, row, now)) or comments.is_skipped(tx, row, now)

        def ask(tx: Connection, row: Row[Any]) -> bool:
            if comments.is_skipped(tx, row, now):
                comments.tell_skipped(tx, shift.office, row, now)
                return True
            return comments.ask(tx, shift.office, row, now)

        return act_on_one(shift, {OccurrenceState.PREPARING}, due, ask)
