"""Each January the coordinator is asked, once, for the dates of a row that goes by them and has none."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.store.desk import at_work
from tests.store.planned import COUNCIL, plan_of, told
from worker.jobs.remind_dates import RemindDates
from worker.office import Office

MONDAY = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague on the first working day of 2027."""
WITHOUT = COUNCIL.replace("8. 12. 2026, 12. 1. 2027", "8. 12. 2026")
CALLED = COUNCIL.replace("id: rada", "id: porada").replace("dle plánu zasedání", "dle potřeby")


def remind(office: Office, now: datetime, *rows: str) -> bool:
    with at_work(office, now) as shift:
        shift.plan = plan_of(office, *rows)
        return RemindDates().do_one(shift, now)


def test_the_coordinator_is_asked_once_on_the_first_working_day(office: Office) -> None:
    assert remind(office, datetime(2027, 1, 1, 9, 0, tzinfo=UTC), WITHOUT) is False, "New Year's Day"
    assert remind(office, MONDAY.replace(hour=6, minute=59), WITHOUT) is False
    assert remind(office, MONDAY, WITHOUT) is True
    assert remind(office, MONDAY.replace(day=20), WITHOUT) is False
    (mail,) = told(office, "no_dates")
    assert (mail.person, mail.data["year"], mail.data["id"]) == ("koordinator", 2027, "rada")


def test_a_worker_that_stood_still_asks_later_in_january_and_never_after_it(office: Office) -> None:
    assert remind(office, datetime(2027, 2, 1, 9, 0, tzinfo=UTC), WITHOUT) is False
    assert remind(office, datetime(2027, 1, 29, 9, 0, tzinfo=UTC), WITHOUT) is True


def test_what_has_a_date_or_is_on_call_is_not_asked_about(office: Office) -> None:
    assert remind(office, MONDAY, COUNCIL) is False
    assert remind(office, MONDAY, CALLED.replace("8. 12. 2026, 12. 1. 2027", "")) is False
