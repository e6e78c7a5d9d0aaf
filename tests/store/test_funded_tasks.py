"""Whoever makes something by hand is told of the funder that it must name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.store.desk import at_work
from tests.store.planned import MONTHLY, occurrence, plan_of, take, told
from worker.approval import choose
from worker.jobs.hand_over_tasks import HandOverTasks
from worker.jobs.watch_rhythms import WatchRhythms
from worker.office import Office
from worker.settings import Project

KPSS = Project(id="kpss", name="Komunitní plánování", number="CZ.03", sentence="Spolufinancuje EU.")
MARK = "uveďte větu „Spolufinancuje EU.“ a číslo projektu CZ.03."
TASK = "".join(
    line for line in MONTHLY.splitlines(keepends=True) if not line.startswith(("kinds", "lists", "approvers"))
)
RHYTHM = "id: web\nperiodicity: průběžně\nwatch: 2x za týden\nactivity: Web\nplace: řádek 5\n"
FUNDED = "project: kpss\n"
THURSDAY = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


@pytest.fixture
def funded(office: Office) -> Office:
    """An office that knows one project."""
    return replace(office, projects={"kpss": KPSS})


@pytest.mark.parametrize("of_project", [True, False])
def test_a_task_carries_it_also_when_it_is_moved(funded: Office, of_project: bool) -> None:
    rows = TASK + (FUNDED if of_project else "")
    take(funded, rows)
    now = occurrence(funded, "zprava/2027-01").send_at - timedelta(days=2)
    with at_work(funded, now) as shift:
        while HandOverTasks().do_one(shift, now):
            pass
    with funded.database.write() as tx:
        activity, later = plan_of(funded, rows).activity("zprava"), now + timedelta(days=3)
        choose.move(tx, funded, activity, "zprava/2027-01", later, now, reason="svátek", person="koordinator")
    mails = told(funded, "task")
    assert len(mails) == 2
    assert [MARK in mail.data["about"] for mail in mails] == [of_project, of_project]


def test_the_question_about_what_goes_on_all_the_time_carries_it(funded: Office) -> None:
    take(funded, RHYTHM + FUNDED)
    with at_work(funded, THURSDAY) as shift:
        shift.plan = plan_of(funded, RHYTHM + FUNDED)
        assert WatchRhythms().do_one(shift, THURSDAY)
    [mail] = told(funded, "rhythm_quiet")
    assert MARK in mail.data["about"]
