"""What `check` warns about in the days of a plan that is otherwise sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time

import pytest

from tests.unit.plan.sample import DECEMBER, ROW, after, entered, plan
from worker.plan.model import Activity, Exemption, OffHolidays, Period, SendRule, Window
from worker.plan.names import Names
from worker.plan.warnings import missing_dates, warnings
from worker.plan.words.rules import parse_send_day
from worker.settings import Election

TODAY = date(2026, 11, 22)
ELECTION = Election.model_validate(
    {"id": "volby", "name": "Volby", "first_day": "2026-12-11", "last_day": "2026-12-12", "note": "n"}
)


def said(activity: Activity, *others: Activity, elections: Iterable[Election] = (), today: date = TODAY) -> list[str]:
    found = warnings(plan(activity, *others), today, (), Names(), elections)
    return [sentence.replace("\u00a0", " ") for _, sentence in found]


def test_a_usual_row_is_not_warned_about() -> None:
    assert said(ROW) == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-12-24", "čtvrtek 24. prosince 2026, svátek"),
        ("2026-12-05", "sobota 5. prosince 2026, víkend"),
        ("2026-12-29", "úterý 29. prosince 2026, mezi 23. prosincem a 2. lednem"),
        ("2027-02-05", "pátek 5. února 2027, v pátek odpoledne"),
    ],
)
def test_an_entered_day_in_a_quiet_time_stays_with_a_warning(day: str, why: str) -> None:
    row = replace(ROW, periods=entered(day, "2026-12-08"), send=SendRule(at=time(14)))
    [sentence] = said(row)
    assert sentence.startswith(
        f"Aktivita „a“ má zadané dny, kdy se jinak nic neposílá, a zůstane u nich: a/{day} ({why})"
    )
    assert said(replace(row, send=SendRule(at=time(14), off_holidays=OffHolidays.KEEP))) == []


def test_a_moved_day_in_a_quiet_time_or_outside_its_window_stays_with_a_warning() -> None:
    row = replace(ROW, periods=(DECEMBER,), exemptions={"2026-12": Exemption("Svátky.", day=date(2027, 1, 2))})
    outside, quiet = said(row)
    assert "přesunutý mimo své období: a/2026-12 (sobota 2. ledna 2027)" in outside
    assert "má zadané dny" in quiet


def test_a_chain_moved_for_once_has_no_window_to_leave() -> None:
    kept = {"2026-12-01": Exemption("Rada byla později.", day=date(2027, 1, 12))}
    assert said(replace(ROW, periods=(), anchor=after(7, date(2026, 12, 1)), exemptions=kept)) == []


def test_a_window_with_no_other_day_is_told() -> None:
    week = Period("2026-W53", Window(date(2026, 12, 28), date(2027, 1, 3)))
    [sentence] = said(replace(ROW, periods=(week,)))
    assert "nemá v období jiný den" in sentence
    assert "a/2026-W53 (čtvrtek 31. prosince 2026, mezi 23. prosincem a 2. lednem)" in sentence


def test_a_rule_that_falls_before_a_holiday_is_told_where_people_would_read_it() -> None:
    rule = parse_send_day("16. listopadu")
    row = replace(ROW, periods=(Period("2027", Window(date(2027, 1, 1), date(2027, 12, 31))),), send=rule)
    [sentence] = said(row)
    assert "den před svátkem" in sentence and "a/2027 (úterý 16. listopadu 2027)" in sentence
    assert said(replace(row, kinds=())) == [], "a task is due, not read"


@pytest.mark.parametrize(
    ("day", "at", "words"),
    [
        ("2027-03-28", time(2, 30), "na letní čas neexistuje: a/2027-03-28 (neděle 28. března 2027)"),
        ("2027-10-31", time(2, 0), "na zimní čas dvakrát: a/2027-10-31 (neděle 31. října 2027)"),
        ("2025-03-30", time(2, 0), "na letní čas neexistuje: a/2025-03-30"),
    ],
)
def test_an_hour_that_the_clocks_skip_or_repeat_is_told(day: str, at: time, words: str) -> None:
    row = replace(ROW, periods=entered(day), send=SendRule(at=at, off_holidays=OffHolidays.KEEP))
    [sentence] = said(row)
    assert words in sentence
    assert said(replace(row, send=replace(row.send, at=time(3, 0)))) == []
    exemptions = {day: Exemption("", at=time(3, 0))}
    assert said(replace(row, exemptions=exemptions)) == [], "the hour of an exception counts"


def test_an_election_near_is_told_with_its_days() -> None:
    [sentence] = said(ROW, elections=[ELECTION])
    assert "blízko voleb: a/2026-12 (úterý 8. prosince 2026, Volby, 11.–12. 12. 2026)" in sentence
    assert said(ROW, elections=[ELECTION], today=date(2026, 12, 9)) == []


def test_a_day_counted_out_of_the_plan_is_told() -> None:
    [sentence] = said(replace(ROW, periods=(), anchor=after(30, date(2027, 12, 14))))
    assert "mimo platnost plánu: a/2027-12-14 (čtvrtek 13. ledna 2028)" in sentence


def test_what_is_past_or_dropped_is_not_warned_about() -> None:
    days = entered("2026-11-17", "2026-12-24")
    dropped = {"2026-12-24": Exemption("Vánoce.", dropped=True)}
    assert said(replace(ROW, periods=days, exemptions=dropped)) == []


def test_many_days_make_one_sentence() -> None:
    days = entered(*(f"2026-12-{number}" for number in range(23, 32)))
    [sentence] = said(replace(ROW, periods=days))
    assert sentence.count("a/2026-12") == 6
    assert "celkem ještě 3" in sentence


def test_a_row_on_call_misses_no_dates() -> None:
    row = replace(ROW, periods=(), by_dates=True)
    assert missing_dates(plan(row), TODAY) == [(row, (2026, 2027))]
    assert missing_dates(plan(replace(row, on_call=True)), TODAY) == []
    assert "2026, 2027" in said(row)[0]


@pytest.mark.parametrize(
    ("approvers", "reworker", "warned"),
    [
        (("koordinator",), "koordinator", True),
        (("koordinator", "reditel"), "koordinator", False),
        (("koordinator",), None, False),
        (("reditel",), "koordinator", False),
    ],
)
def test_who_alone_approves_and_reworks_is_warned_about(
    approvers: tuple[str, ...], reworker: str | None, warned: bool
) -> None:
    row = replace(ROW, approvers=approvers)
    found = [sentence for _, sentence in warnings(plan(row), TODAY, (), Names(), reworker=reworker)]
    assert [sentence.startswith("Aktivitu „a“ schvaluje jen „koordinator“") for sentence in found] == [True] * warned
    assert warnings(plan(replace(row, kinds=())), TODAY, (), Names(), reworker=reworker) == []


def test_remarks_of_the_reading_are_warnings() -> None:
    assert said(replace(ROW, remarks=("Druhá četnost se nečte.",))) == ["Druhá četnost se nečte."]


def test_a_rule_that_names_a_day_outside_the_window_is_told() -> None:
    row = replace(ROW, periods=(DECEMBER,), send=parse_send_day("15. září"), send_assumed=False)
    [sentence] = said(row)
    assert "den, který v jejím období není, a tak se posílá jindy: a/2026-12 (úterý 22. prosince 2026)" in sentence
    assert said(replace(row, send=parse_send_day("15. prosince"))) == []
    assert said(replace(row, send_assumed=True)) == []
    assert said(replace(row, periods=entered("2026-12-08"))) == []


@pytest.mark.parametrize(
    ("day", "told"),
    [("2025-12-09", True), ("2027-01-04", True), ("2026-12-09", False), ("2026-07-01", False)],
)
def test_an_issue_deadline_in_another_year_is_told(day: str, told: bool) -> None:
    row = replace(ROW, periods=(DECEMBER,), deadlines={"2026-12": date.fromisoformat(day)})
    sentences = said(row)
    assert len(sentences) == told
    assert all("daleko od svého čísla: a/2026-12" in sentence for sentence in sentences)
