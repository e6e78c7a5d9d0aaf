"""What goes on all the time is recorded when it happened, and asked about once, gently, near the end of each turn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.store.desk import at_work
from tests.store.planned import BEGUN, COUNCIL, MONTHLY, occurrence, plan_of, put, states, story, take, told
from worker.approval import choose
from worker.errors import HlasatelError
from worker.jobs.watch_rhythms import WatchRhythms
from worker.office import Office
from worker.planning.timetable import timetable
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences

WEEKLY = """\
id: socialni-site
periodicity: průběžně
watch: 2x za týden
activity: Sociální sítě
place: řádek 5
"""
YEARLY = WEEKLY.replace("2x za týden", "1x za rok")
ON_CALL = "id: krize\nperiodicity: při krizi\nactivity: Krizová komunikace\nplace: řádek 6\n"
QUESTION = "socialni-site/2026-W48"
THURSDAY = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague, in the week after the first start."""


def watch(office: Office, now: datetime, *rows: str) -> int:
    """How many steps the job takes at `now`."""
    with at_work(office, now) as shift:
        shift.plan = plan_of(office, *rows)
        steps = 0
        while WatchRhythms().do_one(shift, now):
            steps += 1
            assert steps < 20
        return steps


def record(office: Office, occurrence_id: str, now: datetime = THURSDAY, address: str = "") -> None:
    with office.database.write() as tx:
        choose.done(tx, office, occurrence_id, now, reason="vyšlo", person="koordinator", address=address)


@pytest.fixture
def started(office: Office) -> Office:
    """An office whose plan holds a weekly rhythm, something on call, and a row with dates."""
    take(office, WEEKLY, ON_CALL, COUNCIL)
    return office


def test_it_is_asked_once_on_thursday_when_too_little_is_recorded(started: Office) -> None:
    assert watch(started, THURSDAY - timedelta(minutes=1), WEEKLY) == 0
    assert watch(started, THURSDAY, WEEKLY) == 1
    assert watch(started, THURSDAY + timedelta(days=1), WEEKLY) == 0
    row = occurrence(started, QUESTION)
    assert (row.state, row.origin, row.send_at, row.kinds) == ("asked", "watch", None, [])
    assert (row.window_from, row.window_to) == (date(2026, 11, 23), date(2026, 11, 29))
    (mail,) = told(started, "rhythm_quiet")
    assert (mail.person, mail.occurrence_id, mail.data["recorded"]) == ("koordinator", QUESTION, 0)


def test_what_was_recorded_counts(started: Office) -> None:
    record(started, "socialni-site/2026-11-24")
    record(started, "socialni-site/2026-11-24.2")
    assert watch(started, THURSDAY, WEEKLY) == 0
    assert watch(started, THURSDAY + timedelta(days=7), WEEKLY) == 1, "the week after has none yet"


def test_one_of_two_is_not_enough_and_the_second_closes_the_question(started: Office) -> None:
    record(started, "socialni-site/2026-11-24")
    watch(started, THURSDAY, WEEKLY)
    assert told(started, "rhythm_quiet")[0].data["recorded"] == 1
    record(started, "socialni-site/2026-11-26")
    assert watch(started, THURSDAY + timedelta(hours=1), WEEKLY) == 1
    assert states(started)[QUESTION] == "dropped"
    assert "2×" in story(started, QUESTION)[-1][1]["reason"]


def test_nobody_answers_and_it_is_dropped_two_weeks_after_without_an_alarm(started: Office) -> None:
    watch(started, THURSDAY, WEEKLY)
    assert watch(started, datetime(2026, 12, 13, 22, 0, tzinfo=UTC), YEARLY) == 0
    assert watch(started, datetime(2026, 12, 13, 23, 30, tzinfo=UTC), YEARLY) == 1, "14 December in Prague"
    assert states(started)[QUESTION] == "dropped"
    assert story(started, QUESTION)[-1][0] == "occurrence.dropped"
    assert (told(started, "missed"), told(started, "task_missed")) == ([], [])


def test_it_may_be_confirmed_later_and_an_edit_never_touches_it(started: Office) -> None:
    watch(started, THURSDAY, WEEKLY)
    take(started, ON_CALL, COUNCIL, at=THURSDAY)
    record(started, QUESTION, datetime(2026, 12, 5, 9, 0, tzinfo=UTC), "https://www.example.org/prispevek")
    assert states(started)[QUESTION] == "done"
    assert story(started, QUESTION)[-1][1]["address"] == "https://www.example.org/prispevek"


def test_only_from_the_first_start_on(office: Office) -> None:
    take(office, WEEKLY, YEARLY.replace("id: socialni-site", "id: kampane"))
    assert watch(office, BEGUN, WEEKLY) == 0, "Thursday of that week was before the first start"
    december = datetime(2026, 12, 23, 9, 0, tzinfo=UTC)
    assert watch(office, december, YEARLY) == 1, "the year nears its end after it"


def test_rows_that_count_for_another_help_its_rhythm(office: Office) -> None:
    helping = COUNCIL + "counts_for: socialni-site\n"
    take(office, YEARLY, helping)
    put(office, "rada/2026-12-08", OccurrenceState.DONE)
    assert watch(office, datetime(2026, 12, 23, 9, 0, tzinfo=UTC), YEARLY, helping) == 0


def test_what_happened_is_recorded_by_its_day(started: Office) -> None:
    record(started, "krize/2026-11-20", address="https://www.example.org/krize")
    row = occurrence(started, "krize/2026-11-20")
    assert (row.state, row.origin, row.send_at) == ("done", "person", None)
    assert (row.window_from, row.window_to) == (date(2026, 11, 20),) * 2
    ((kind, data),) = story(started, "krize/2026-11-20")
    assert (kind, data["address"]) == ("choice.done", "https://www.example.org/krize")
    with started.database.read() as tx:
        entries = timetable(tx, plan_of(started, WEEKLY, ON_CALL, COUNCIL), THURSDAY)
    shown = next(entry.as_json() for entry in entries if entry.id == "krize/2026-11-20")
    assert (shown["send_at"], shown["state"], shown["window"]["from"]) == (None, "done", "2026-11-20")


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ("krize/2026-11-27", "teprve přijde"),
        ("krize/2025-12-31", "mimo plán"),
        ("krize/2026-11", "krize/2026-11-26"),
        ("krize/2026-11-31", "krize/2026-11-26"),
        ("rada/2026-12-09", "rada/2026-12-08"),
        ("rad/2026-12-08", "rada/2026-12-08"),
    ],
)
def test_anything_else_is_refused_with_what_was_meant(started: Office, wanted: str, answer: str) -> None:
    with pytest.raises(HlasatelError, match=answer):
        record(started, wanted)
    assert wanted not in states(started)


def test_nothing_is_recorded_twice_or_before_the_first_start(office: Office, started: Office) -> None:
    record(started, "krize/2026-11-20")
    with pytest.raises(HlasatelError, match="hotovo"):
        record(started, "krize/2026-11-20")
    with started.database.write() as tx:
        tx.execute(occurrences.delete())
        tx.exec_driver_sql("UPDATE installation SET first_start_at = NULL")
    with pytest.raises(HlasatelError, match="zatím v databázi není"):
        record(started, "krize/2026-11-19")


def test_a_question_has_no_time_to_move(started: Office) -> None:
    watch(started, THURSDAY, WEEKLY)
    activity = plan_of(started, WEEKLY).activity("socialni-site")
    with pytest.raises(HlasatelError, match="čas odeslání nemá"), started.database.write() as tx:
        later = THURSDAY + timedelta(days=9)
        choose.move(tx, started, activity, QUESTION, later, THURSDAY, reason="x", person="koordinator")


def test_a_row_recorded_by_a_person_is_left_alone_when_the_plan_learns_of_its_day(started: Office) -> None:
    record(started, "krize/2026-11-20")
    take(started, WEEKLY, ON_CALL + "dates: [20. 11. 2026, 1. 12. 2026]\n", COUNCIL, at=THURSDAY)
    with started.database.read() as tx:
        found = tx.execute(select(occurrences.c.id, occurrences.c.origin).where(occurrences.c.activity == "krize"))
        assert dict(found.all()) == {"krize/2026-11-20": "person", "krize/2026-12-01": "plan"}


def test_a_monthly_row_is_no_rhythm(office: Office) -> None:
    take(office, MONTHLY)
    with pytest.raises(HlasatelError, match="v plánu není"):
        record(office, "zprava/2026-11-20")
