"""Drafts the package of every occurrence whose time for it has come; catches up until the send time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from worker.approval import undrafted
from worker.drafting import packages
from worker.drafting.gather import draft_package
from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift, in_state, is_due, is_over
from worker.messages import say
from worker.plan.model import Plan
from worker.plan.occurrences import occurrences as occurrences_of
from worker.planning import ad_hoc
from worker.planning.described import Origin
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence


def _wanted(row: Row[Any], now: datetime) -> bool:
    """Until the send time; until the deadline where a person chose the time, for she chose it knowing that."""
    chosen = row.send_at != row.planned_send_at
    return is_due(row, "draft", now) and (now < row.send_at or (chosen and not is_over(row, now)))


def _has_its_row(plan: Plan, row: Row[Any]) -> bool:
    """Whether the plan still holds the row whose people and lists a person's own occurrence goes by."""
    return any(activity.id == row.activity for activity in plan.activities)


class MakeDrafts(Job):
    """`planned` → `preparing` with version 1."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        with shift.office.database.read() as tx:
            waiting = list(in_state(tx, {OccurrenceState.PLANNED}, tasks=False))
        due = [row for row in waiting if _wanted(row, now) and row.id not in shift.aside]
        if not due or shift.plan is None:
            return False
        row = due[0]
        planned = occurrences_of(shift.plan)
        occurrence = next((each for each in planned if each.id == row.id), None)
        if occurrence is None and row.origin == Origin.PERSON and _has_its_row(shift.plan, row):
            occurrence = ad_hoc.as_planned(row)
        if occurrence is None:
            shift.aside.add(row.id)
            return False
        try:
            rendered = draft_package(shift.office, shift.plan, planned, replace(occurrence, send_at=row.send_at), now)
        except HlasatelError as error:
            shift.aside.add(row.id)
            with shift.office.database.write() as tx:
                return undrafted.tell(tx, shift.office, row.id, str(error), now)
        with shift.office.database.write() as tx:
            present = lock_occurrence(tx, row.id)
            if present is not None and present.state == OccurrenceState.PLANNED and present.send_at == row.send_at:
                move_occurrence(tx, row.id, OccurrenceState.PLANNED, OccurrenceState.PREPARING, now)
                made = packages.create(
                    tx, shift.office, row, rendered, now, reason=say("drafting.first_version"), author=None
                )
                undrafted.ask_for_words(tx, shift.office, row, made, rendered, now)
        return True
