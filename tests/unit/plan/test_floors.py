"""The "at least" of a row against what helps to keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.unit.plan.conftest import HEAD
from worker.plan.floors import FloorTurn, Seen, Standing, Verdict, floors, planned
from worker.plan.model import Plan, Window
from worker.plan.occurrences import occurrences

RELEASES = """\
  - id: tiskova-zprava
    when: září, prosinec 2024–2027
    periodicity: Alespoň 1x za ½ roku
    activity: Tiskové zprávy
    place: 2. řádek
"""
FIRST_HALVES = """\
  - id: prvni-pololeti
    when: 1. pololetí 2024–2026
    activity: Tiskové zprávy
    place: 2. řádek
    counts_for: tiskova-zprava
"""

Read = Callable[[str], Plan]


def by_dates(plan: Plan) -> list[FloorTurn]:
    return floors(plan, planned(occurrences(plan)))


def seen(day: str, standing: Standing, activity: str = "tiskova-zprava") -> Seen:
    on = date.fromisoformat(day)
    return Seen(activity, Window(on, on), on, standing)


def test_a_half_year_without_a_release_is_unmet_although_both_months_are_honoured(read: Read) -> None:
    turns = by_dates(read(HEAD + RELEASES))
    assert [(turn.period, turn.verdict) for turn in turns] == [
        (f"{year}-{half}", verdict)
        for year in range(2024, 2028)
        for half, verdict in (("H1", Verdict.UNMET), ("H2", Verdict.PLANNED))
    ]
    assert turns[1].window == Window(date(2024, 7, 1), date(2024, 12, 31))
    assert (turns[1].needed, turns[1].own, turns[1].open) == (1, 2, 2)


def test_another_row_may_keep_it(read: Read) -> None:
    turns = {turn.period: turn for turn in by_dates(read(HEAD + RELEASES + FIRST_HALVES))}
    assert len(turns) == 8
    helped = turns["2026-H1"]
    assert (helped.verdict, helped.own, helped.by) == (Verdict.PLANNED, 0, ("prvni-pololeti",))
    assert (turns["2027-H1"].verdict, turns["2027-H1"].by) == (Verdict.UNMET, ())


def test_what_is_left_out_helps_nobody_and_what_is_optional_does(read: Read) -> None:
    dropped = FIRST_HALVES + "    exceptions: {2025-H1: {drop: volby}}\n"
    turns = {turn.period: turn.verdict for turn in by_dates(read(HEAD + RELEASES + dropped))}
    assert (turns["2024-H1"], turns["2025-H1"]) == (Verdict.PLANNED, Verdict.UNMET)
    optional = FIRST_HALVES.replace("when: 1. pololetí 2024–2026", "periodicity: 2–3x ročně")
    by = {turn.period: turn.open for turn in by_dates(read(HEAD + RELEASES + optional))}
    assert (by["2026-H1"], by["2026-H2"]) == (1, 4)


@pytest.mark.parametrize(
    ("standings", "verdict"),
    [
        ([], Verdict.UNMET),
        ([Standing.GONE], Verdict.UNMET),
        ([Standing.OPEN], Verdict.PLANNED),
        ([Standing.DONE], Verdict.MET),
        ([Standing.UNRECORDED], Verdict.UNRECORDED),
        ([Standing.UNRECORDED, Standing.OPEN], Verdict.PLANNED),
        ([Standing.UNRECORDED, Standing.DONE, Standing.GONE], Verdict.MET),
    ],
)
def test_the_verdict_says_the_best_that_is_sure(read: Read, standings: list[Standing], verdict: Verdict) -> None:
    found = floors(read(HEAD + RELEASES), [seen("2025-03-03", each) for each in standings])
    turn = next(each for each in found if each.period == "2025-H1")
    assert turn.verdict is verdict
    assert turn.done + turn.open + turn.unrecorded == turn.own == sum(each is not Standing.GONE for each in standings)


def test_an_occurrence_helps_where_its_day_lies_and_without_one_where_its_window_ends(read: Read) -> None:
    plan = read(HEAD + RELEASES)
    window = Window(date(2025, 6, 1), date(2025, 7, 31))
    for day, period in ((date(2025, 6, 30), "2025-H1"), (None, "2025-H2")):
        found = floors(plan, [Seen("tiskova-zprava", window, day, Standing.DONE)])
        assert [turn.period for turn in found if turn.done] == [period]
    outside = floors(plan, [seen("2023-12-31", Standing.DONE), seen("2028-01-01", Standing.DONE)])
    assert not any(turn.done for turn in outside)


@pytest.mark.parametrize(
    ("when", "periodicity", "periods"),
    [
        ("listopad 2026", "alespoň 1x za ½ roku", ["2026-H2", "2027-H1", "2027-H2"]),
        ("listopad 2024–2027", "alespoň 1x za 2 roky", ["2024", "2026"]),
        ("březen, září 2026", "alespoň 2x ročně", ["2026"]),
        ("červen 2027", "alespoň 1x za čtvrtletí", ["2027-Q2", "2027-Q3", "2027-Q4"]),
        ("3.–14. listopadu 2027", "alespoň 1x týdně", ["2027-W44", "2027-W45"]),
    ],
)
def test_its_turns_are_those_it_speaks_of(
    one_row: Callable[..., Plan], when: str, periodicity: str, periods: list[str]
) -> None:
    turns = by_dates(one_row(when, periodicity))
    assert [turn.period for turn in turns] == periods
    assert all(turn.own >= turn.needed for turn in turns)


def test_project_quarters_are_those_of_the_plan(one_row: Callable[..., Plan]) -> None:
    plan = one_row("5/2018", "alespoň 1x za čtvrtletí projektu", span=("2018-02-01", "2020-01-31"))
    assert [turn.period for turn in by_dates(plan)] == [
        "2018-Q2", "2018-Q3", "2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4",
    ]  # fmt: skip
