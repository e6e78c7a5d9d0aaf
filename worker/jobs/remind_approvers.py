"""Reminds approvers, then asks their deputies, then tells the coordinator: each once, keyed to the send time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting import packages
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over, stage
from worker.notices import queue
from worker.office import Office
from worker.record import events
from worker.store.states import OccurrenceState


class RemindApprovers(Job):
    """`asked` stays `asked`; people hear of it."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office

        def remind(tx: Connection, row: Row[Any]) -> bool:
            package = packages.latest(tx, row.id)
            if package is None:
                return False
            for key, kind, person in _wanted(office, row, package, now):
                if queue.put(tx, key, kind, person, now, occurrence_id=row.id, package_id=package.id):
                    events.append(tx, f"approval.{kind}", now, occurrence=row.id, asked=person)
                    return True
            return False

        def due(tx: Connection, row: Row[Any]) -> bool:
            return not is_over(row, now) and (is_due(row, "remind", now) or is_due(row, "escalate", now))

        return act_on_one(shift, {OccurrenceState.ASKED, OccurrenceState.RETURNED}, due, remind)


def _wanted(office: Office, row: Row[Any], package: Row[Any], now: datetime) -> Iterator[tuple[str, str, str]]:
    """Key, kind and person of every notice whose time has come; those sent before are known by their key."""
    coordinator = office.settings.coordinator
    if row.state == OccurrenceState.ASKED:
        if is_due(row, "remind", now) and _asked_before(row, package, "remind"):
            yield from ((f"reminder/{package.id}/{each}", "reminder", each) for each in row.approvers)
        if is_due(row, "deputy", now) and _asked_before(row, package, "deputy"):
            deputies = {office.people[each].deputy for each in row.approvers if each in office.people}
            yield from ((f"deputy/{package.id}/{each}", "deputy", each) for each in sorted(filter(None, deputies)))
    if row.optional:  # its end without an approval is no cause for an alarm
        return
    if is_due(row, "escalate", now) and now < row.send_at:
        yield f"escalation/{row.id}/{row.send_at.isoformat()}", "escalation", coordinator
    if row.send_at <= now and package.submitted_at is not None and package.submitted_at < row.send_at:
        yield f"unapproved/{row.id}/{row.send_at.isoformat()}", "unapproved", coordinator


def _asked_before(row: Row[Any], package: Row[Any], name: str) -> bool:
    """Whether the approver had the package before this stage; nobody is reminded of what she has just got."""
    at = stage(row, name)
    return at is not None and package.submitted_at is not None and package.submitted_at < at
