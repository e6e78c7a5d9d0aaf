"""The send day of rows that come every week."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.plan.conftest import HEAD, ROW
from worker.errors import Fault
from worker.plan.explain import explain_plan
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.plan.occurrences import occurrences
from worker.times import PRAGUE, parse_instant

SPAN = ("2026-09-21", "2026-10-11")


def days(plan: Plan) -> list[str]:
    return [f"{each.send_at.astimezone(PRAGUE):%a %-d.%-m.}" for each in occurrences(plan) if each.send_at]


@pytest.mark.parametrize(
    ("periodicity", "more", "expected"),
    [
        ("1x týdně", "", ["Tue 22.9.", "Tue 29.9.", "Tue 6.10."]),
        ("1x týdně", "send: {day: pondělí}", ["Mon 21.9.", "Tue 29.9.", "Mon 5.10."]),  # 28 September is a holiday
        ("1x týdně", "send: {day: každý čtvrtek}", ["Thu 24.9.", "Thu 1.10.", "Thu 8.10."]),
        ("1x týdně", 'send: {time: "9:00"}', ["Tue 22.9.", "Tue 29.9.", "Tue 6.10."]),
        ("1–2x týdně", "", ["Tue 22.9.", "Thu 24.9.", "Tue 29.9.", "Thu 1.10.", "Tue 6.10.", "Thu 8.10."]),
    ],
)
def test_a_weekly_row_is_sent_on_one_weekday(
    one_row: Callable[..., Plan], periodicity: str, more: str, expected: list[str]
) -> None:
    assert days(one_row("''", periodicity, more, span=SPAN)) == expected


def test_a_holiday_moves_it_within_the_week(one_row: Callable[..., Plan]) -> None:
    assert days(one_row("''", "1x týdně", span=("2026-11-16", "2026-11-29"))) == ["Wed 18.11.", "Tue 24.11."]


def test_check_says_which_day_is_assumed(one_row: Callable[..., Plan]) -> None:
    [once] = explain_plan(one_row("''", "1x týdně", span=SPAN), parse_instant("2026-09-21"), Names({}, {}, {}))
    [twice] = explain_plan(one_row("''", "1–2x týdně", span=SPAN), parse_instant("2026-09-21"), Names({}, {}, {}))
    assert any("předpokládá se úterý každého týdne v 10:00" in each for each in once.sentences)
    assert not any("čtvrtek" in each for each in once.sentences)
    assert any("podruhé, odesílá se ve čtvrtek" in each for each in twice.sentences)


@pytest.mark.parametrize("periodicity", ["měsíčně", "průběžně"])
def test_other_rows_may_not_name_a_weekday_alone(faults: Callable[[str], list[Fault]], periodicity: str) -> None:
    row = ROW.format(id="a", when="''", periodicity=periodicity) + "    send: {day: pondělí}\n"
    [fault] = faults(HEAD + row)
    assert "každý týden" in fault.message and "„2. pondělí“" in fault.message


def test_defaults_may_not_name_a_weekday_alone_and_their_day_is_not_for_weekly_rows(
    faults: Callable[[str], list[Fault]], read: Callable[[str], Plan]
) -> None:
    row = ROW.format(id="a", when="září 2026", periodicity="1x týdně")
    given = HEAD.replace("koordinator}", "koordinator, send: {day: DEN}}")
    [fault] = faults(given.replace("DEN", "pondělí") + row.replace("1x týdně", "měsíčně"))
    assert "„2. pondělí“" in fault.message
    assert days(read(given.replace("DEN", "3. středa") + row))[1:3] == ["Tue 8.9.", "Tue 15.9."]
