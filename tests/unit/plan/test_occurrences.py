"""Occurrences beyond a row's own rule: optional ones, exceptions, quiet times, and days counted from others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.unit.plan.sample import DECEMBER, ROW, SEPTEMBER, after, entered, plan
from worker.plan.first_start import FirstState, settle
from worker.plan.model import (
    Activity,
    Anchor,
    Exemption,
    Lead,
    Occurrence,
    OffHolidays,
    Period,
    Plan,
    SendRule,
    Unit,
    Window,
)
from worker.plan.occurrences import by_activity, occurrences
from worker.plan.words.rules import parse_send_day
from worker.times import local_day, parse_instant, rfc3339


def days_of(plan: Plan, activity_id: str, moved: dict[str, date] | None = None) -> list[tuple[str, str]]:
    """(id, Prague day and hour) of what takes place."""
    found = by_activity(plan, moved)[activity_id]
    return [(each.id, rfc3339(each.send_at)[:16]) for each in found if each.send_at]


def only(*activities: Activity) -> Occurrence:
    [found] = by_activity(plan(*activities))[activities[-1].id]
    return found


def test_an_occurrence_says_that_the_plan_is_kept_without_it() -> None:
    row = replace(ROW, periods=(SEPTEMBER, replace(DECEMBER, optional=True)))
    assert [each.optional for each in occurrences(plan(row))] == [False, True]


def test_a_dropped_occurrence_stays_listed_with_its_reason_and_without_a_time() -> None:
    row = replace(ROW, exemptions={"2026-09": Exemption("Volby do zastupitelstev.", dropped=True)})
    december, september = occurrences(plan(row))
    assert (september.id, september.dropped, september.send_at) == ("a/2026-09", "Volby do zastupitelstev.", None)
    assert december.dropped is None
    assert settle(september, parse_instant("2026-01-01")).state is FirstState.DROPPED


def test_a_moved_occurrence_is_sent_when_the_exception_says_and_is_no_assumption() -> None:
    saturday = Exemption("Den otevřených dveří.", day=date(2026, 12, 19), at=time(15, 30))
    row = replace(ROW, exemptions={"2026-12": saturday})
    september, december = occurrences(plan(row))
    assert december.send_at == parse_instant("2026-12-19T15:30")
    assert (december.assumed, september.assumed) == (False, True)
    assert december.window == DECEMBER.window


def test_an_hour_of_its_own_leaves_the_day_to_the_rule() -> None:
    row = replace(ROW, send=parse_send_day("poslední pátek"), exemptions={"2026-09": Exemption("", at=time(14))})
    assert days_of(plan(row), "a")[0] == ("a/2026-09", "2026-09-29T14:00")  # the Friday is no day for an afternoon


def test_a_day_moved_behind_its_window_is_still_ahead_on_the_first_start() -> None:
    row = replace(ROW, periods=(DECEMBER,), exemptions={"2026-12": Exemption("Svátky.", day=date(2027, 1, 5))})
    assert settle(only(row), parse_instant("2027-01-04")).state is FirstState.PLANNED
    assert settle(only(row), parse_instant("2027-01-06")).state is FirstState.HISTORICAL


@pytest.mark.parametrize(
    ("day", "at", "following", "before"),
    [
        ("17.", time(10), "2026-11-18", "2026-11-16"),  # a public holiday
        ("14.", time(10), "2026-11-16", "2026-11-13"),  # a Saturday
        ("14.", time(12), "2026-11-16", "2026-11-12"),  # the Friday before it is no day for noon
        ("13.", time(12), "2026-11-16", "2026-11-12"),
        ("13.", time(11, 59), "2026-11-13", "2026-11-13"),
    ],
)
def test_quiet_times_are_moved_off(day: str, at: time, following: str, before: str) -> None:
    november = Period("2026-11", Window(date(2026, 11, 1), date(2026, 11, 30)))
    rule = replace(parse_send_day(day), at=at)
    found = {
        choice: only(replace(ROW, periods=(november,), send=replace(rule, off_holidays=choice)))
        for choice in OffHolidays
    }
    moved = {choice: local_day(each.send_at).isoformat() for choice, each in found.items() if each.send_at}
    named = f"2026-11-{rule.number}"
    assert moved.pop(OffHolidays.NEXT) == following
    assert moved.pop(OffHolidays.PREVIOUS) == before
    assert moved.pop(OffHolidays.KEEP) == named
    assert moved == ({OffHolidays.SKIP: named} if following == named else {})


@pytest.mark.parametrize(
    ("day", "at", "reason"),
    [
        ("17.", time(10), "úterý 17.\u00a0listopadu 2026 je svátek"),
        ("14.", time(10), "sobota 14.\u00a0listopadu 2026 je víkend"),
        ("13.", time(12), "pátek 13.\u00a0listopadu 2026 je pátek"),
        ("30. prosince", time(10), "mezi 23. prosincem a 2. lednem"),
    ],
)
def test_a_skipped_occurrence_says_why(day: str, at: time, reason: str) -> None:
    period = Period("2026", Window(date(2026, 1, 1), date(2026, 12 if "prosince" in day else 11, 30)))
    rule = replace(parse_send_day(day), at=at, off_holidays=OffHolidays.SKIP)
    found = only(replace(ROW, periods=(period,), send=rule))
    assert found.send_at is None
    assert found.dropped is not None
    assert found.dropped.startswith("Vynechává se, protože ")
    assert reason in found.dropped


@pytest.mark.parametrize(
    ("window", "day"),
    [
        (Window(date(2026, 12, 1), date(2026, 12, 5)), "2026-12-04"),  # before the second Tuesday: its last day
        (Window(date(2026, 12, 23), date(2026, 12, 31)), "2026-12-31"),  # all quiet: its last working day
        (Window(date(2026, 12, 24), date(2026, 12, 27)), "2026-12-27"),  # none of them worked on: its last day
        (Window(date(2026, 12, 28), date(2027, 1, 3)), "2026-12-31"),  # week 53
    ],
)
def test_a_day_outside_the_window_gives_way(window: Window, day: str) -> None:
    assert days_of(plan(replace(ROW, periods=(Period("x", window),))), "a") == [("a/x", f"{day}T10:00")]


@pytest.mark.parametrize("choice", OffHolidays)
def test_entered_days_stay_where_they_are(choice: OffHolidays) -> None:
    row = replace(ROW, periods=entered("2026-12-24", "2026-12-27"), send=SendRule(off_holidays=choice))
    found = occurrences(plan(row))
    assert [rfc3339(each.send_at)[:10] for each in found if each.send_at] == ["2026-12-24", "2026-12-27"]
    assert not any(each.assumed for each in found)


def test_a_chain_counts_from_each_occurrence_and_a_chain_hangs_on_it() -> None:
    council = replace(ROW, id="rada", periods=entered("2026-10-06", "2026-11-03"))
    web = replace(ROW, id="web", periods=(), anchor=after(7, "rada"))
    letter = replace(ROW, id="dopis", periods=(), anchor=after(-3, "web", Unit.WORKING_DAYS))
    whole = plan(letter, web, council)  # the order in the file does not matter
    assert days_of(whole, "web") == [
        ("web/2026-10-06", "2026-10-13T10:00"),
        ("web/2026-11-03", "2026-11-10T10:00"),
    ]
    assert days_of(whole, "dopis") == [
        ("dopis/2026-10-06", "2026-10-08T10:00"),
        ("dopis/2026-11-03", "2026-11-05T10:00"),
    ]
    first = by_activity(whole)["dopis"][0]
    assert (first.anchored_to, first.window) == ("web/2026-10-06", Window(date(2026, 10, 8), date(2026, 10, 8)))
    assert not first.assumed


def test_what_really_happened_moves_what_hangs_on_it_and_not_itself() -> None:
    web = replace(ROW, id="web", periods=(), anchor=after(7, "a"))
    letter = replace(ROW, id="dopis", periods=(), anchor=after(1, "web"))
    moved = {"a/2026-09": date(2026, 9, 15)}
    whole = plan(ROW, web, letter)
    assert days_of(whole, "a", moved) == days_of(whole, "a")
    assert days_of(whole, "web", moved)[0] == ("web/2026-09", "2026-09-22T10:00")
    assert days_of(whole, "dopis", moved)[0] == ("dopis/2026-09", "2026-09-23T10:00")
    assumed = {each.id: each.assumed for each in occurrences(whole, moved)}
    assert (assumed["web/2026-09"], assumed["web/2026-12"]) == (False, True)


def test_a_dropped_base_drops_what_hangs_on_it() -> None:
    base = replace(ROW, exemptions={"2026-09": Exemption("Volby.", dropped=True)})
    web = replace(ROW, id="web", periods=(), anchor=after(7, "a"))
    letter = replace(ROW, id="dopis", periods=(), anchor=after(1, "web"))
    kept = {"2026-09": Exemption("Dopis vyjde i tak.", day=date(2026, 9, 10))}
    whole = plan(base, web, letter, replace(letter, id="dopis-2", exemptions=kept))
    found = {each.id: each for each in occurrences(whole)}
    assert str(found["web/2026-09"].dropped).startswith("Odpadá spolu s výskytem „a/2026-09“")
    assert str(found["dopis/2026-09"].dropped).startswith("Odpadá spolu s výskytem „web/2026-09“")
    assert found["dopis-2/2026-09"].send_at == parse_instant("2026-09-10T10:00")
    assert found["web/2026-12"].dropped is None


def test_an_optional_base_makes_what_hangs_on_it_optional() -> None:
    base = replace(ROW, periods=(replace(DECEMBER, optional=True),))
    assert only(base, replace(ROW, id="web", periods=(), anchor=after(7, "a"))).optional


@pytest.mark.parametrize(
    ("lead", "unit", "choice", "day"),
    [
        (0, Unit.DAYS, OffHolidays.NEXT, "2024-01-26"),
        (14, Unit.DAYS, OffHolidays.NEXT, "2024-02-09"),
        (1, Unit.DAYS, OffHolidays.NEXT, "2024-01-29"),
        (1, Unit.DAYS, OffHolidays.PREVIOUS, "2024-01-29"),  # the Friday before is the base itself
        (2, Unit.DAYS, OffHolidays.KEEP, "2024-01-28"),
        (3, Unit.WORKING_DAYS, OffHolidays.NEXT, "2024-01-31"),
        (-5, Unit.DAYS, OffHolidays.NEXT, "2024-01-22"),
        (-5, Unit.DAYS, OffHolidays.PREVIOUS, "2024-01-19"),
        (-10, Unit.WORKING_DAYS, OffHolidays.NEXT, "2024-01-12"),
        (48, Unit.HOURS, OffHolidays.NEXT, "2024-01-29"),
    ],
)
def test_days_counted_from_a_day(lead: int, unit: Unit, choice: OffHolidays, day: str) -> None:
    rule = SendRule(off_holidays=choice)
    found = only(replace(ROW, periods=(), send=rule, anchor=after(lead, date(2024, 1, 26), unit)))
    assert (found.id, found.anchored_to) == ("a/2024-01-26", None)
    assert found.send_at == parse_instant(f"{day}T10:00")
    assert found.window == Window(date.fromisoformat(day), date.fromisoformat(day))


def test_what_comes_before_never_moves_onto_what_it_precedes() -> None:
    monday = date(2024, 1, 29)
    found = only(replace(ROW, periods=(), anchor=after(-1, monday)))
    assert found.send_at == parse_instant("2024-01-26T10:00")  # not the Monday, which "next" would make of the Sunday


def test_a_counted_day_may_be_skipped() -> None:
    rule = SendRule(off_holidays=OffHolidays.SKIP)
    found = only(replace(ROW, periods=(), send=rule, anchor=after(1, date(2024, 1, 26))))
    assert "sobota 27." in str(found.dropped)


def test_a_chain_can_be_moved_for_once() -> None:
    exemptions = {"2024-01-26": Exemption("Rada jednala později.", day=date(2024, 2, 20))}
    found = only(replace(ROW, periods=(), anchor=after(7, date(2024, 1, 26)), exemptions=exemptions))
    assert found.send_at == parse_instant("2024-02-20T10:00")
    assert found.window == Window(date(2024, 2, 20), date(2024, 2, 20))


QUARTERS = tuple(
    Period(f"2026-Q{number}", Window(date(2026, number * 3 - 2, 1), date(2026, number * 3, 30)))
    for number in range(1, 5)
)
HALVES = (
    Period("2026-H1", Window(date(2026, 1, 1), date(2026, 6, 30))),
    Period("2026-H2", Window(date(2026, 7, 1), date(2026, 12, 31))),
)
BEFORE_DEADLINE = Anchor(Lead(10, Unit.WORKING_DAYS), later=False, activity_id="a", deadline=True)


def article(deadlines: dict[str, date], base: Activity = ROW) -> Plan:
    magazine = replace(base, periods=QUARTERS, deadlines=deadlines)
    return plan(magazine, replace(ROW, id="clanek", periods=HALVES, anchor=BEFORE_DEADLINE))


def test_an_article_counts_from_the_first_known_deadline_in_its_window() -> None:
    whole = article({"2026-Q3": date(2026, 8, 5), "2026-Q4": date(2026, 11, 5)})
    assumed, counted = by_activity(whole)["clanek"]
    assert (counted.id, counted.anchored_to, counted.assumed) == ("clanek/2026-H2", "a/2026-Q3", False)
    assert counted.send_at == parse_instant("2026-07-22T10:00")
    assert counted.window == HALVES[1].window
    assert (assumed.send_at, assumed.anchored_to) == (parse_instant("2026-06-09T10:00"), None)
    assert assumed.assumed


def test_the_deadline_of_a_dropped_issue_does_not_count() -> None:
    base = replace(ROW, exemptions={"2026-Q3": Exemption("Nevyjde.", dropped=True)})
    whole = article({"2026-Q3": date(2026, 8, 5), "2026-Q4": date(2026, 11, 5)}, base)
    assert by_activity(whole)["clanek"][1].anchored_to == "a/2026-Q4"


@pytest.mark.parametrize(("deadline", "day"), [(date(2026, 7, 8), "2026-07-01"), (date(2026, 7, 1), "2026-07-01")])
def test_a_day_before_the_window_becomes_its_first(deadline: date, day: str) -> None:
    assert days_of(article({"2026-Q3": deadline}), "clanek")[1] == ("clanek/2026-H2", f"{day}T10:00")


def test_a_row_with_months_of_its_own_takes_the_first_base_that_fits() -> None:
    base = replace(ROW, id="rada", periods=entered("2026-08-25", "2026-09-01", "2026-09-15"))
    row = replace(ROW, anchor=after(7, "rada"))
    assert days_of(plan(base, row), "a") == [("a/2026-09", "2026-09-01T10:00"), ("a/2026-12", "2026-12-08T10:00")]


@pytest.mark.parametrize("day", [date.min, date.max, date(2026, 9, 8)])
def test_no_chain_runs_off_the_calendar(day: date) -> None:
    links = [replace(ROW, id=f"a{n}", periods=(), anchor=after(-400, f"a{n - 1}" if n else day)) for n in range(900)]
    assert all(each.send_at for each in occurrences(plan(*links)))
    later = [replace(ROW, id=f"a{n}", periods=(), anchor=after(400, f"a{n - 1}" if n else day)) for n in range(900)]
    assert all(each.send_at for each in occurrences(plan(*later)))


def test_a_long_chain_is_counted_to_its_end() -> None:
    links = [replace(ROW, id=f"a{n}", periods=(), anchor=after(1, f"a{n - 1}" if n else "a")) for n in range(3000)]
    whole = plan(ROW, *reversed(links))
    last = by_activity(whole)["a2999"][0]
    assert last.send_at is not None
    assert local_day(last.send_at) - SEPTEMBER.window.start > timedelta(days=3000)
