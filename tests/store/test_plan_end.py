"""Half a year before the plan ends the coordinator is told once, whenever the worker first sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.store.desk import at_work
from tests.store.planned import COUNCIL, plan_of, told
from worker.jobs.announce_plan_end import AnnouncePlanEnd, months_before
from worker.office import Office

IN_TIME = datetime(2027, 6, 30, 6, 0, tzinfo=UTC)
"""Eight o'clock in Prague on 30 June, half a year before 31 December."""


def announce(office: Office, now: datetime) -> bool:
    with at_work(office, now) as shift:
        shift.plan = plan_of(office, COUNCIL)
        return AnnouncePlanEnd().do_one(shift, now)


def test_the_coordinator_is_told_once(office: Office) -> None:
    assert announce(office, IN_TIME.replace(hour=5, minute=59)) is False
    assert announce(office, IN_TIME) is True
    assert announce(office, IN_TIME.replace(month=11)) is False
    (mail,) = told(office, "plan_ends")
    assert (mail.person, mail.occurrence_id, mail.data["title"]) == ("koordinator", None, "Zkouška")
    assert mail.data["day"].endswith("31.\u00a0prosince 2027")


def test_also_when_the_worker_first_starts_inside_that_half_year_but_not_when_the_plan_is_over(office: Office) -> None:
    assert announce(office, datetime(2028, 1, 1, 9, 0, tzinfo=UTC)) is False
    assert announce(office, datetime(2027, 12, 31, 22, 0, tzinfo=UTC)) is True


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2027, 12, 31), date(2027, 6, 30)),
        (date(2028, 8, 31), date(2028, 2, 29)),
        (date(2027, 6, 30), date(2026, 12, 30)),
        (date(2027, 3, 1), date(2026, 9, 1)),
    ],
)
def test_six_months_before(day: date, before: date) -> None:
    assert months_before(day, 6) == before
