"""An optional date that nobody uses closes by itself, without an alarm; a required one is missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.store.desk import at_work
from tests.store.planned import MONTHLY, decided, occurrence, put, states, story, take, told
from worker.jobs.expire_unapproved import ExpireUnapproved
from worker.jobs.hand_over_tasks import HandOverTasks
from worker.jobs.remind_approvers import RemindApprovers
from worker.office import Office
from worker.store.states import OccurrenceState

THIRD = "zprava/2027.3"
YEARLY = MONTHLY.replace("leden–prosinec 2027", "2027").replace("1x za měsíc", "2–3x ročně")
TASK = "\n".join(line for line in YEARLY.splitlines() if not line.startswith(("kinds", "lists", "approvers"))) + "\n"
ALARMS = ("missed", "task_missed", "unapproved", "escalation")


def deadline(office: Office, occurrence_id: str = THIRD) -> datetime:
    return datetime.fromisoformat(occurrence(office, occurrence_id).stages["deadline"])


def work(office: Office, now: datetime) -> None:
    with at_work(office, now) as shift:
        for job in (ExpireUnapproved(), HandOverTasks(), RemindApprovers()):
            for _ in range(10):
                if not job.do_one(shift, now):
                    break


@pytest.mark.parametrize("state", [OccurrenceState.PLANNED, OccurrenceState.ASKED, OccurrenceState.RETURNED])
def test_an_optional_package_that_nobody_approved_is_dropped(office: Office, state: OccurrenceState) -> None:
    take(office, YEARLY)
    put(office, THIRD, state)
    work(office, deadline(office) + timedelta(minutes=1))
    assert (states(office)[THIRD], occurrence(office, THIRD).dropped_by) == ("dropped", None)
    assert story(office, THIRD)[-1] == ("occurrence.dropped", {"reason": "Nepovinný termín nevyužit."})
    assert [row for kind in ALARMS for row in told(office, kind) if row.occurrence_id == THIRD] == []
    assert states(office)["zprava/2027.2"] == "missed", "the required one"
    take(office, YEARLY + "topic: jiné\n", at=deadline(office) + timedelta(hours=1))
    assert states(office)[THIRD] == "dropped"


def test_the_coordinator_is_not_alarmed_at_its_send_time_either(office: Office) -> None:
    take(office, YEARLY)
    for each in ("zprava/2027.2", THIRD):
        decided(office, each)
        put(office, each, OccurrenceState.ASKED)
        work(office, occurrence(office, each).send_at + timedelta(minutes=1))
    assert {row.occurrence_id for row in told(office, "unapproved")} == {"zprava/2027.2"}


def test_what_was_approved_and_did_not_go_out_is_missed_although_it_is_optional(office: Office) -> None:
    take(office, YEARLY)
    decided(office, THIRD)
    work(office, deadline(office) + timedelta(minutes=1))
    assert states(office)[THIRD] == "missed"
    assert THIRD in [row.occurrence_id for row in told(office, "missed")]


def test_an_optional_task_that_nobody_confirmed_is_dropped(office: Office) -> None:
    take(office, TASK)
    work(office, deadline(office) - timedelta(days=8))
    assert states(office)[THIRD] == "asked"
    work(office, deadline(office) + timedelta(minutes=1))
    assert states(office) == {"zprava/2027": "missed", "zprava/2027.2": "missed", THIRD: "dropped"}
    assert {row.occurrence_id for row in told(office, "task_missed")} == {"zprava/2027", "zprava/2027.2"}
