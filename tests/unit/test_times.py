from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import HlasatelError
from worker.times import (
    PRAGUE,
    Clock,
    add_working_days,
    format_day,
    format_instant,
    is_working_day,
    local_instant,
    next_working_day,
    parse_instant,
    previous_working_day,
    public_holidays,
    rfc3339,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS, st.times().filter(lambda at: at.fold == 0))
def test_local_instant_is_the_first_utc_moment_that_is_not_before_the_wall_time(day: date, at: time) -> None:
    """Oracle: going through UTC, the first instant that shows the wall time, or the first one past it in a gap."""
    instant, wall = local_instant(day, at), datetime.combine(day, at)
    shown = instant.astimezone(PRAGUE).replace(tzinfo=None)
    assert shown >= wall
    for earlier in (instant - timedelta(microseconds=1), instant - timedelta(hours=1)):
        assert earlier.astimezone(PRAGUE).replace(tzinfo=None) < wall


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 29), time(2, 0), "2026-03-29T03:00:00+02:00"),
        (date(2026, 3, 29), time(2, 59), "2026-03-29T03:00:00+02:00"),
        (date(2026, 3, 29), time(3, 0), "2026-03-29T03:00:00+02:00"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T02:30:00+02:00"),
        (date(2026, 12, 8), time(10, 0), "2026-12-08T10:00:00+01:00"),
    ],
)
def test_skipped_and_repeated_hours(day: date, at: time, expected: str) -> None:
    assert rfc3339(local_instant(day, at)) == expected


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-04-03", "2026-04-06", "2026-09-28", "2026-11-17", "2026-12-24", "2026-12-26", "2026-11-21"],
)
def test_holidays_and_weekends_are_no_working_days(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


def test_past_its_countries_the_library_says_what_it_says_of_czechia() -> None:
    for year in (1971, 2000, 2015, 2016, 2026, 2199):
        assert public_holidays(year) == frozenset(country_holidays("CZ", years=year))


@given(DAYS, st.integers(-30, 30).filter(bool))
def test_adding_working_days_counts_them(day: date, n: int) -> None:
    end = add_working_days(day, n)
    low, high = (day + timedelta(days=1), end) if n > 0 else (end, day - timedelta(days=1))
    between = [low + timedelta(days=step) for step in range((high - low).days + 1)]
    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == abs(n)


def test_nearest_working_days() -> None:
    assert next_working_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert previous_working_day(date(2026, 12, 26)) == date(2026, 12, 23)
    assert next_working_day(date(2026, 12, 8)) == previous_working_day(date(2026, 12, 8)) == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-08", datetime(2026, 12, 7, 23, tzinfo=UTC)),
        ("2026-07-08T10:00", datetime(2026, 7, 8, 8, tzinfo=UTC)),
        ("2026-07-08T10:00:30", datetime(2026, 7, 8, 8, 0, 30, tzinfo=UTC)),
        ("2026-12-08T10:00:00Z", datetime(2026, 12, 8, 10, tzinfo=UTC)),
        ("2026-12-08T10:00:00.5+01:00", datetime(2026, 12, 8, 9, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_instants_people_type(text: str, expected: datetime) -> None:
    assert parse_instant(text) == expected


@pytest.mark.parametrize("text", ["", "dnes", "2026-13-01", "2026-02-30", "2026-12-08T25:00", "20261208", "0001-01-01"])
def test_other_instants_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(HlasatelError, match=r"2026-12-08|Opravte rok"):
        parse_instant(text)


def test_instants_are_written_with_their_zone() -> None:
    winter, summer = local_instant(date(2026, 12, 8), time(10)), local_instant(date(2026, 7, 8), time(14, 5))
    assert format_instant(winter, "cs") == "úterý 8.\u00a0prosince 2026 v\u00a010:00 (SEČ)"
    assert format_instant(summer, "cs") == "středa 8.\u00a0července 2026 ve\u00a014:05 (SELČ)"
    assert format_instant(summer, "en") == "Wednesday 8\u00a0July 2026 at 14:05 (CEST)"
    assert format_day(date(2026, 9, 28), "cs") == "pondělí 28.\u00a0září 2026"


@pytest.mark.parametrize(
    ("number", "plain", "at"),
    [
        (7, "pondělí", "v~pondělí"),
        (8, "úterý", "v~úterý"),
        (9, "středa", "ve~středu"),
        (10, "čtvrtek", "ve~čtvrtek"),
        (11, "pátek", "v~pátek"),
        (12, "sobota", "v~sobotu"),
        (13, "neděle", "v~neděli"),
    ],
)
def test_every_weekday_in_every_form(number: int, plain: str, at: str) -> None:
    morning, noon = (local_instant(date(2026, 12, number), time(hour)) for hour in (10, 12))
    day = f"{number}.~prosince 2026"
    written = [
        format_instant(morning, "cs"),
        format_instant(morning, "cs", "at"),
        format_instant(noon, "cs", "at"),
        format_instant(noon, "cs", "by"),
    ]
    assert [text.replace("\u00a0", "~") for text in written] == [
        f"{plain} {day} v~10:00 (SEČ)",
        f"{at} {day} v~10:00 (SEČ)",
        f"{at} {day} ve~12:00 (SEČ)",
        f"12:00 {at} {day} (SEČ)",
    ]
    name = date(2026, 12, number).strftime("%A")
    assert format_instant(morning, "en", "at") == f"on {name} {number}\u00a0December 2026 at 10:00 (CET)"
    assert format_instant(noon, "en", "by") == f"12:00 on {name} {number}\u00a0December 2026 (CET)"


def test_a_clock_starts_where_it_is_told_and_goes_on() -> None:
    start = datetime(2026, 12, 8, 9, tzinfo=UTC)
    clock = Clock.starting_at(start)
    first = clock.now()
    assert start <= first <= clock.now() < start + timedelta(seconds=5)
    assert clock.simulated
    assert not Clock.real().simulated
    assert Clock.real().now().tzinfo is UTC
