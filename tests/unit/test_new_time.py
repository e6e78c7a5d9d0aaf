"""The send time of what was held: it leaves one working day to decide, at the same hour, and never a quiet day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.holding.new_time import one_working_day_after, send_time_after
from worker.plan.quiet import quiet
from worker.times import PRAGUE, is_working_day


def prague(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PRAGUE)


@pytest.mark.parametrize(
    ("now", "ready"),
    [
        ("2026-12-08T10:30", "2026-12-09T10:30"),  # a Tuesday in working hours
        ("2026-12-08T00:00", "2026-12-09T08:00"),  # at night: read when the day begins
        ("2026-12-08T16:00", "2026-12-10T08:00"),  # after hours: read the next day
        ("2026-12-12T12:00", "2026-12-15T08:00"),  # a Saturday: read on Monday
        ("2026-12-23T15:00", "2026-12-28T15:00"),  # over Christmas
    ],
)
def test_a_working_day_is_one_in_working_hours(now: str, ready: str) -> None:
    assert one_working_day_after(prague(now)) == prague(ready)


@pytest.mark.parametrize(
    ("now", "send_at", "moved"),
    [
        ("2026-12-01T10:00", "2026-12-02T10:00", "2026-12-02T10:00"),  # just enough
        ("2026-12-01T10:01", "2026-12-02T10:00", "2026-12-03T10:00"),  # a minute too little
        ("2026-12-10T10:00", "2026-12-08T10:00", "2026-12-11T10:00"),  # over already
        ("2026-12-10T10:00", "2026-12-08T14:00", "2026-12-14T14:00"),  # not on a Friday afternoon
        ("2026-12-21T10:00", "2026-12-22T09:00", "2027-01-04T09:00"),  # not when the year turns
        ("2027-03-25T09:00", "2027-03-26T09:00", "2027-03-30T09:00"),  # not at Easter
        ("2026-12-10T10:00", "2026-12-25T10:00", "2026-12-25T10:00"),  # a quiet day that somebody chose stays
    ],
)
def test_the_first_day_that_leaves_time_to_decide(now: str, send_at: str, moved: str) -> None:
    assert send_time_after(prague(now), prague(send_at)) == prague(moved)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2033, 12, 31), timezones=st.just(UTC))


@given(now=MOMENTS, before=st.integers(-5, 400), at=st.times(time(6), time(21)))
def test_it_is_the_first_such_day(now: datetime, before: int, at: time) -> None:
    day = now.astimezone(PRAGUE).date() - timedelta(days=before)
    send_at = datetime.combine(day, at.replace(second=0, microsecond=0), PRAGUE)
    earliest, moved = one_working_day_after(now), send_time_after(now, send_at)
    if send_at >= earliest:
        assert moved == send_at
        return
    local = moved.astimezone(PRAGUE)
    assert (local.time(), quiet(local.date(), local.time())) == (send_at.time(), None)
    assert moved >= earliest
    assert _working_days_between(now, moved) >= 1
    day = now.astimezone(PRAGUE).date()
    while day < local.date():
        sooner = datetime.combine(day, send_at.time(), PRAGUE)
        assert sooner < earliest or quiet(day, send_at.time()), f"{day} would have done"
        day += timedelta(days=1)


def _working_days_between(now: datetime, moved: datetime) -> int:
    """Working days of which at least eight hours of work lie between the two, counted hour by hour."""
    hours, at = 0, now
    while at < moved:
        local = at.astimezone(PRAGUE)
        hours += is_working_day(date(local.year, local.month, local.day)) and 8 <= local.hour < 16
        at += timedelta(hours=1)
    return hours // 8
