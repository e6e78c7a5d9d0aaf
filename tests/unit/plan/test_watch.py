"""The turn of a rhythm that a day lies in, and when it is nearly over."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.plan.model import Per, Watch, Window
from worker.plan.watch import nearly_over, watch_turn
from worker.times import PRAGUE, is_working_day, local_day

PLAN = Window(date(2018, 2, 1), date(2028, 1, 31))
DAYS = st.dates(PLAN.start, PLAN.end)
WATCHES = st.builds(Watch, st.integers(1, 4), st.sampled_from(Per), st.integers(1, 3))


@pytest.mark.parametrize(
    ("per", "every", "label", "first", "last"),
    [
        (Per.WEEK, 1, "2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        (Per.MONTH, 1, "2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        (Per.QUARTER, 1, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (Per.PROJECT_QUARTER, 1, "2026-Q4", date(2026, 11, 1), date(2027, 1, 31)),
        (Per.HALF, 1, "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        (Per.YEAR, 1, "2026", date(2026, 1, 1), date(2026, 12, 31)),
        (Per.YEAR, 2, "2026", date(2026, 1, 1), date(2027, 12, 31)),
        (Per.YEAR, 3, "2024", date(2024, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_turn_of_a_day(per: Per, every: int, label: str, first: date, last: date) -> None:
    turn = watch_turn(Watch(1, per, every), date(2026, 11, 24), PLAN)
    assert (turn.label, turn.window) == (label, Window(first, last))


def test_the_first_and_the_last_turn_are_cut_to_the_plan() -> None:
    yearly = Watch(1, Per.YEAR)
    assert watch_turn(yearly, date(2018, 5, 1), PLAN).window == Window(date(2018, 2, 1), date(2018, 12, 31))
    assert watch_turn(yearly, date(2028, 1, 5), PLAN).window == Window(date(2028, 1, 1), date(2028, 1, 31))


@given(WATCHES, DAYS)
def test_turns_hold_their_day_and_meet_without_a_gap(watch: Watch, day: date) -> None:
    turn = watch_turn(watch, day, PLAN)
    assert day in turn.window
    assert all(watch_turn(watch, each, PLAN) == turn for each in (turn.window.start, turn.window.end))
    if turn.window.end < PLAN.end:
        following = watch_turn(watch, date.fromordinal(turn.window.end.toordinal() + 1), PLAN)
        assert following.window.start.toordinal() == turn.window.end.toordinal() + 1
        assert following.label > turn.label


@given(WATCHES, DAYS)
def test_it_is_nearly_over_within_itself_when_people_begin_to_work(watch: Watch, day: date) -> None:
    turn = watch_turn(watch, day, PLAN)
    moment = nearly_over(watch, turn)
    assert local_day(moment) in turn.window
    assert moment.astimezone(PRAGUE).hour == 8
    if local_day(moment) != turn.window.start:
        assert is_working_day(local_day(moment))


@pytest.mark.parametrize(
    ("per", "day", "moment"),
    [
        (Per.WEEK, date(2026, 11, 23), "2026-11-26T08:00+01:00"),
        (Per.WEEK, date(2026, 12, 21), "2026-12-23T08:00+01:00"),  # Thursday is Christmas Eve
        (Per.MONTH, date(2026, 11, 1), "2026-11-23T08:00+01:00"),
        (Per.QUARTER, date(2026, 11, 1), "2026-12-22T08:00+01:00"),
        (Per.HALF, date(2026, 5, 1), "2026-06-23T08:00+02:00"),
    ],
)
def test_when_it_is_nearly_over(per: Per, day: date, moment: str) -> None:
    watch = Watch(1, per)
    assert nearly_over(watch, watch_turn(watch, day, PLAN)) == datetime.fromisoformat(moment)
