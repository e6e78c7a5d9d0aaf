"""Send days, stages and the first start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from dateutil.rrule import MONTHLY, TU, rrule
from hypothesis import given
from hypothesis import strategies as st

from worker.plan.first_start import FirstState, Settled, settle
from worker.plan.model import Lead, LeadTimes, Occurrence, OffHolidays, Plan, SendRule, Unit, Window
from worker.plan.occurrences import occurrences
from worker.plan.reading.read_back import spell_send_day
from worker.plan.send_days import send_day
from worker.plan.stages import stages
from worker.plan.words.rules import parse_send_day
from worker.times import is_working_day, local_instant, parse_instant, rfc3339

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
WINDOWS = st.builds(lambda start, length: Window(start, start + timedelta(days=length)), DAYS, st.integers(0, 400))


def heard(day: date) -> bool:
    """Whether news of the morning may go out on `day`."""
    return is_working_day(day) and not (day.month, day.day) > (12, 22) and not (day.month, day.day) < (1, 3)


@given(WINDOWS)
def test_the_assumed_day_is_the_second_tuesday_of_the_last_month(window: Window) -> None:
    """Oracle: dateutil's recurrence rule, then a plain walk over the calendar."""
    first = window.end.replace(day=1)
    expected = rrule(MONTHLY, byweekday=TU(2), dtstart=first, count=1)[0].date()
    while not heard(expected):
        expected += timedelta(days=1)
    if expected not in window:
        expected = max(window.days(), key=lambda day: (heard(day), is_working_day(day), day))
    assert send_day(window, SendRule()) == expected


@pytest.mark.parametrize(
    ("phrase", "window", "expected"),
    [
        ("2. úterý", Window(date(2026, 12, 1), date(2026, 12, 31)), date(2026, 12, 8)),
        ("poslední pátek", Window(date(2026, 12, 1), date(2026, 12, 31)), date(2026, 12, 22)),
        ("poslední pracovní den", Window(date(2026, 12, 1), date(2026, 12, 31)), date(2026, 12, 22)),
        ("první pracovní den", Window(date(2026, 1, 1), date(2026, 1, 31)), date(2026, 1, 5)),
        ("15.", Window(date(2026, 10, 1), date(2026, 11, 30)), date(2026, 11, 16)),
        ("31.", Window(date(2026, 2, 1), date(2026, 2, 28)), date(2026, 2, 27)),
        ("17. listopadu", Window(date(2026, 7, 1), date(2026, 12, 31)), date(2026, 11, 18)),
        ("3. 7.", Window(date(2026, 7, 1), date(2026, 12, 31)), date(2026, 7, 3)),
    ],
)
def test_named_send_days(phrase: str, window: Window, expected: date) -> None:
    rule = parse_send_day(phrase)
    assert send_day(window, rule) == expected
    assert parse_send_day(spell_send_day(rule)) == rule


def test_a_day_may_stay_on_a_holiday() -> None:
    november = Window(date(2026, 11, 1), date(2026, 11, 30))
    rule = SendRule(parse_send_day("17.").day, 17, off_holidays=OffHolidays.KEEP)
    assert send_day(november, rule) == date(2026, 11, 17)


def test_stages_count_back_and_keep_to_working_hours() -> None:
    found = stages(parse_instant("2026-12-08T10:00"), LeadTimes(), timedelta(hours=2))
    assert [rfc3339(getattr(found, name))[:16] for name in found.__dataclass_fields__] == [
        "2026-11-16T16:00",  # 21 days before is a holiday, so the call goes out on the day before it
        "2026-11-27T10:00",
        "2026-11-30T10:00",
        "2026-12-01T10:00",
        "2026-12-04T10:00",
        "2026-12-07T10:00",
        "2026-12-07T16:00",
        "2026-12-08T10:00",
        "2026-12-08T12:00",
    ]


LEADS = st.builds(Lead, st.integers(0, 40), st.sampled_from(Unit))


@given(DAYS, st.times(), st.builds(LeadTimes, LEADS, LEADS, LEADS, LEADS, LEADS, LEADS, LEADS))
def test_stages_never_overtake_each_other(day: date, at: time, lead: LeadTimes) -> None:
    send_at = local_instant(day, at)
    found = stages(send_at, lead, timedelta(hours=4))
    times = [getattr(found, name) for name in found.__dataclass_fields__]
    assert times == sorted(times)
    assert found.send_at == send_at


def settled(plan: Plan, occurrence_id: str, now: str) -> Settled:
    return settle(next(each for each in occurrences(plan) if each.id == occurrence_id), parse_instant(now))


def test_what_ended_before_the_first_start_is_history(shipped: Plan) -> None:
    assert settled(shipped, "tiskova-zprava/2026-09", "2026-10-01").state is FirstState.HISTORICAL
    assert settled(shipped, "tiskova-zprava/2026-09", "2026-09-30T23:59").state is FirstState.PLANNED
    assert settled(shipped, "tiskova-zprava/2026-12", "2026-11-21T12:00") == Settled(
        FirstState.PLANNED, parse_instant("2026-12-08T10:00"), already_due=False
    )


@pytest.mark.parametrize(
    ("occurrence_id", "now", "send_at"),
    [
        ("verejne-setkani/2026-11", "2026-11-21T12:00", "2026-11-30T10:00"),
        ("verejne-setkani/2026-11", "2026-11-30T09:59", "2026-11-30T10:00"),
        ("newsletter/2026", "2026-12-09T12:00", "2026-12-22T10:00"),
        ("newsletter/2026", "2026-12-23T12:00", "2026-12-31T10:00"),
        ("newsletter/2026", "2026-12-31T10:00", "2026-12-08T10:00"),
    ],
)
def test_an_assumed_day_already_past_moves_within_its_window(
    shipped: Plan, occurrence_id: str, now: str, send_at: str
) -> None:
    expected = Settled(FirstState.PLANNED, parse_instant(send_at), already_due=True)
    assert settled(shipped, occurrence_id, now) == expected


def test_a_day_the_plan_names_does_not_move(one_row: Callable[..., Plan]) -> None:
    [occurrence] = occurrences(one_row("listopad 2026", "1x", "send: {day: 10.}"))
    assert not occurrence.assumed
    assert settle(occurrence, parse_instant("2026-11-21")) == Settled(
        FirstState.PLANNED, parse_instant("2026-11-10T10:00"), already_due=False
    )


@given(WINDOWS, DAYS)
def test_a_moved_day_is_ahead_in_the_window_and_the_latest_safe_one(window: Window, today: date) -> None:
    now = local_instant(today, SendRule().at)
    send_at = local_instant(send_day(window, SendRule()), SendRule().at)
    result = settle(Occurrence("a/1", "a", "1", window, send_at, True, (), ()), now)
    if not result.already_due or result.send_at == send_at:
        return
    assert result.send_at is not None and result.send_at > now
    moved = result.send_at.date()
    assert moved in window and is_working_day(moved)
