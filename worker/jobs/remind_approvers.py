"""Reminds whoever is still to decide, then asks her deputy, then tells the coordinator: each once, by the send time.

Somebody who stands for an approver by name and date is asked as soon as that day has come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, seats
from worker.drafting import packages
from worker.jobs.base import Job, Shift, act_on_one, is_due, is_over, stage
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.plan.stages import WORK_BEGINS
from worker.record import events
from worker.store.states import OccurrenceState
from worker.times import local_day, local_instant


@dataclass(frozen=True)
class Wanted:
    """A notice whose time has come; `key` is its reason, by which one that was sent before is known."""

    key: str
    kind: str
    person: str
    why: str = ""


class RemindApprovers(Job):
    """`asked` stays `asked`; people hear of it."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office

        def due(tx: Connection, row: Row[Any]) -> bool:
            return _may_be_due(office, row, now) and next(_untold(tx, office, row, now), None) is not None

        def remind(tx: Connection, row: Row[Any]) -> bool:
            package = packages.latest(tx, row.id)
            assert package is not None, "something to remind of without a package"
            wanted = next(_untold(tx, office, row, now))
            queue.put(
                tx, wanted.key, wanted.kind, wanted.person, now, occurrence_id=row.id, package_id=package.id,
                why=wanted.why, waiting=_waiting(office, row, package, seats.live(tx, package.id)),
            )  # fmt: skip
            events.append(tx, f"approval.{wanted.kind}", now, occurrence=row.id, asked=wanted.person)
            return True

        return act_on_one(shift, {OccurrenceState.ASKED, OccurrenceState.RETURNED}, due, remind)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        days = {each.first_day for person in shift.office.people.values() for each in person.deputies}
        return min((at for day in days if (at := local_instant(day, WORK_BEGINS)) > now), default=None)


def _may_be_due(office: Office, row: Row[Any], now: datetime) -> bool:
    """Without asking the database, because most rounds find nothing to do."""
    known = [office.people[each] for each in row.approvers if each in office.people]
    deputies = any(each.deputies or each.deputy for each in known)
    return not is_over(row, now) and (deputies or is_due(row, "remind", now) or is_due(row, "escalate", now))


def _untold(tx: Connection, office: Office, row: Row[Any], now: datetime) -> Iterator[Wanted]:
    package = packages.latest(tx, row.id)
    if package is None:
        return
    for wanted in (*_of_approvers(tx, office, row, package, now), *_of_coordinator(office, row, package, now)):
        if not queue.told(tx, wanted.key):
            yield wanted


def _of_approvers(tx: Connection, office: Office, row: Row[Any], package: Row[Any], now: datetime) -> Iterator[Wanted]:
    if row.state != OccurrenceState.ASKED:
        return
    asked = ask.asked_at(tx, package.id)
    by_day = now >= local_instant(local_day(now), WORK_BEGINS)
    for approver in seats.waiting(package, seats.live(tx, package.id)):
        stand_ins = list(ask.dated_deputies(office, package, approver, now)) if by_day else []
        for each in (approver, *(request.person for request in stand_ins)):
            if _passed(row, asked.get(each), "remind", now):
                yield Wanted(f"reminder/{package.id}/{each}", "reminder", each)
        standing = ask.standing_deputy(office, package, approver)
        # The author is never asked, so nothing counts from when she was: her deputy, named today, is asked today.
        late = any(_passed(row, asked.get(approver), each, now) for each in ("deputy", "escalate"))
        if standing is not None and (late or approver == package.author):
            stand_ins.append(standing)
        for request in stand_ins:
            if request.person not in asked:
                yield Wanted(request.key(package.id), request.kind, request.person, request.why)


def _of_coordinator(office: Office, row: Row[Any], package: Row[Any], now: datetime) -> Iterator[Wanted]:
    coordinator = office.settings.coordinator
    if row.optional:  # its end without an approval is no cause for an alarm
        return
    if is_due(row, "escalate", now) and now < row.send_at:
        yield Wanted(f"escalation/{row.id}/{row.send_at.isoformat()}", "escalation", coordinator)
    if row.send_at <= now and package.submitted_at is not None and package.submitted_at < row.send_at:
        yield Wanted(f"unapproved/{row.id}/{row.send_at.isoformat()}", "unapproved", coordinator)


def _waiting(office: Office, row: Row[Any], package: Row[Any], made: tuple[Row[Any], ...]) -> str:
    """Whose turn it is and who comes after, in words."""
    if row.state == OccurrenceState.RETURNED:
        return say("seats.rework", person=office.person_name(office.settings.coordinator))
    if package.approval == ApprovalRule.IN_ORDER:
        filled = {each.seat for each in made}
        wanted = [each for each in dict.fromkeys(package.approvers) if each not in filled]
        return say("tidings.and_then").join(map(office.person_name, wanted))
    people = ", ".join(map(office.person_name, seats.waiting(package, made)))
    every = package.approval == ApprovalRule.ALL and ", " in people
    return say("tidings.all_of", people=people) if every else people


def _passed(row: Row[Any], asked: datetime | None, name: str, now: datetime) -> bool:
    """Whether this stage came with the package on somebody's desk; nobody is reminded of what she has just got."""
    at = stage(row, name)
    return at is not None and asked is not None and asked < at <= now
