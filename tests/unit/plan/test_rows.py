"""Both columns together: the periods a row comes to, as the documents count them (domain: the three plans)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from worker.plan.model import Per, Plan, Watch, Window

REGION = ("2024-01-01", "2027-12-31")
LIBEREC = ("2022-01-01", "2023-12-31")
STRAKONICE = ("2018-02-01", "2020-01-31")

OneRow = Callable[..., Plan]


@pytest.mark.parametrize(
    ("when", "periodicity", "labels"),
    [
        ("listopad 2024", "1x", ["2024-11"]),
        ("listopad 2026", "1x za ½ roku", ["2026-11", "2027-H1", "2027-H2"]),
        ("listopad 2026", "čtvrtletně", ["2026-11", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]),
        ("listopad 2024", "1x za 2 roky", ["2024-11", "2026"]),
        ("listopad 2025–2027", "1x za 2 roky", ["2025-11", "2027-11"]),
        ("listopad 2025–2027", "alespoň 1x za 2 roky", ["2025-11", "2026-11", "2027-11"]),
        ("2026", "2x ročně", ["2026-H1", "2026-H2"]),
        ("2026–2027", "3x ročně", ["2026", "2026.2", "2026.3", "2027", "2027.2", "2027.3"]),
        ("červenec–prosinec 2026", "2x za rok", ["2026", "2026.2"]),
        ("červenec–prosinec 2026", "2x", ["2026", "2026.2"]),
        ("září, prosinec 2026", "2x", ["2026-09", "2026-09.2", "2026-12", "2026-12.2"]),
        ("říjen–prosinec 2026", "měsíčně", ["2026-10", "2026-11", "2026-12"]),
        ("leden, březen–květen 2026", "''", ["2026-01", "2026"]),
        ("od 05/2027", "čtvrtletně", ["2027-Q2", "2027-Q3", "2027-Q4"]),
        ("od 05/2027", "''", ["2027"]),
        ("''", "1x ročně, od 01/2026", ["2026", "2027"]),
        ("3. čtvrtletí 2026–2027", "''", ["2026-Q3", "2027-Q3"]),
        ("9.-26. ledna 2024", "''", ["2024-01-09"]),
        ("6. 2., 19. 3. 2024", "''", ["2024-02-06", "2024-03-19"]),
        ("12/2027", "1x týdně", ["2027-W48", "2027-W49", "2027-W50", "2027-W51", "2027-W52"]),
    ],
)
def test_months_and_rhythm_together(one_row: OneRow, when: str, periodicity: str, labels: list[str]) -> None:
    assert [period.label for period in one_row(when, periodicity).activity("a").periods] == labels


@pytest.mark.parametrize(
    ("span", "when", "periodicity", "required", "optional"),
    [
        (REGION, "leden 2024", "1x", 1, 0),
        (REGION, "září, prosinec 2024 – 2027", "Alespoň 1x za ½ roku informace o novinkách", 8, 0),
        (REGION, "1. pololetí 2024–2027", "''", 4, 0),
        (REGION, "listopad 2024", "Alespoň 1x za ½ rok, možnost zaměření na jednotlivé oblasti", 7, 0),
        (REGION, "leden 2024 - 2027", "Všechna řádně plánovaná zasedání", 0, 0),
        (REGION, "Listopad 2024 - 2027", "1x za 2 roky", 2, 0),
        (REGION, "Červenec  - prosinec 2024 - 2027", "1x za rok", 4, 0),
        (REGION, "od 01/2024", "cca 4x ročně", 16, 0),
        (REGION, "''", "cca 4x ročně, od 01/2024", 16, 0),
        (REGION, "''", "cca 2x ročně, od 01/2024", 8, 0),
        (REGION, "v průběhu roku 2024", "''", 1, 0),
        (REGION, "''", "1x ročně", 4, 0),
        (REGION, "''", "dle plánu zasedání", 0, 0),
        (REGION, "''", "K významným krokům sociálního začleňování", 0, 0),
        (REGION, "''", "průběžně", 0, 0),
        (LIBEREC, "''", "1x za 3 roky", 1, 0),
        (LIBEREC, "''", "2 - 3x ročně", 4, 2),
        (LIBEREC, "''", "Několikrát do roka", 4, 0),
        (LIBEREC, "''", "průběžně (několikrát týdně)", 0, 0),
        (STRAKONICE, "5/2018", "''", 1, 0),
        (STRAKONICE, "9-11/2018", "''", 1, 0),
        (STRAKONICE, "čtvrtletně po celou dobu realizace projektu, dle potřeby častěji", "''", 8, 0),
        (STRAKONICE, "po celou dobu realizace projektu", "čtvrtletně", 8, 0),
        (STRAKONICE, "6/2018 - 01/2020 - 4 akce", "''", 4, 0),
        (STRAKONICE, "průběžně", "''", 0, 0),
        (STRAKONICE, "12/2019", "''", 1, 0),
    ],
)
def test_every_row_of_the_documents_is_counted_as_they_count(
    one_row: OneRow, span: tuple[str, str], when: str, periodicity: str, required: int, optional: int
) -> None:
    periods = one_row(when, periodicity, span=span).activity("a").periods
    assert sum(not period.optional for period in periods) == required
    assert sum(period.optional for period in periods) == optional


def windows(plan: Plan) -> list[str]:
    return [f"{each.label} {each.window.start} {each.window.end}" for each in plan.activity("a").periods]


def test_project_quarters_count_from_the_plans_first_month(one_row: OneRow) -> None:
    assert windows(one_row("''", "čtvrtletně po celou dobu realizace projektu", span=STRAKONICE)) == [
        "2018-Q1 2018-02-01 2018-04-30",
        "2018-Q2 2018-05-01 2018-07-31",
        "2018-Q3 2018-08-01 2018-10-31",
        "2018-Q4 2018-11-01 2019-01-31",
        "2019-Q1 2019-02-01 2019-04-30",
        "2019-Q2 2019-05-01 2019-07-31",
        "2019-Q3 2019-08-01 2019-10-31",
        "2019-Q4 2019-11-01 2020-01-31",
    ]


def test_equal_spans_are_labelled_by_their_first_years(one_row: OneRow) -> None:
    assert windows(one_row("6/2018–01/2020 – 4 akce", span=STRAKONICE)) == [
        "2018 2018-06-01 2018-10-31",
        "2018.2 2018-11-01 2019-03-31",
        "2019 2019-04-01 2019-08-31",
        "2019.2 2019-09-01 2020-01-31",
    ]


def test_the_last_of_two_to_three_a_year_is_optional(one_row: OneRow) -> None:
    plan = one_row("2026", "2–3x ročně")
    assert windows(plan) == [
        "2026 2026-01-01 2026-04-30",
        "2026.2 2026-05-01 2026-08-31",
        "2026.3 2026-09-01 2026-12-31",
    ]
    assert [each.optional for each in plan.activity("a").periods] == [False, False, True]
    assert plan.activity("a").understood[-1] == "Počet termínů v plánu: 3, z toho nepovinných 1."


def test_whole_years_come_in_blocks_cut_to_the_plan(one_row: OneRow) -> None:
    assert windows(one_row("''", "1x za 2 roky")) == ["2024 2024-01-01 2025-12-31", "2026 2026-01-01 2027-12-31"]
    assert windows(one_row("2024–2027", "1x za 3 roky")) == ["2024 2024-01-01 2026-12-31", "2027 2027-01-01 2027-12-31"]


def test_weeks_are_iso_weeks_and_belong_where_their_thursday_lies(one_row: OneRow) -> None:
    plan = one_row("2026", "1–2x týdně")
    found = plan.activity("a").periods
    assert len(found) == 2 * 53
    assert windows(plan)[0] == "2026-W01 2025-12-29 2025-12-31"
    assert windows(plan)[-2:] == ["2026-W53 2026-12-28 2026-12-30", "2026-W53.2 2026-12-31 2027-01-03"]
    assert [each.optional for each in found[:4]] == [False, True, False, True]
    # Where the plan itself begins or ends in a week, the week is cut.
    first, *_, last = one_row("''", "1x týdně", span=("2025-01-01", "2027-12-31")).activity("a").periods
    assert (first.label, first.window) == ("2025-W01", Window(date(2025, 1, 1), date(2025, 1, 5)))
    assert (last.label, last.window) == ("2027-W52", Window(date(2027, 12, 27), date(2027, 12, 31)))


def test_windows_are_cut_to_the_plan(one_row: OneRow) -> None:
    assert windows(one_row("2018", span=STRAKONICE)) == ["2018 2018-02-01 2018-12-31"]


@pytest.mark.parametrize(
    ("periodicity", "more", "watch", "assumed"),
    [
        ("průběžně", "", Watch(1, Per.QUARTER), "„průběžně“ neříká, jak často; hlídá se 1x v každém čtvrtletí."),
        ("průběžně", "watch: 1x za měsíc", Watch(1, Per.MONTH), None),
        ("průběžně", "watch: 1x za 2 měsíce", Watch(1, Per.MONTH, 2), None),
        ("průběžně", "watch: několikrát do týdne", Watch(2, Per.WEEK), "„několikrát do týdne“ neříká kolikrát"),
        ("průběžně (několikrát týdně)", "", Watch(2, Per.WEEK), "předpokládá se 2x v každém týdnu"),
        ("průběžně, 1x měsíčně", "", Watch(1, Per.MONTH), None),
    ],
)
def test_what_goes_on_all_the_time_is_watched(
    one_row: OneRow, periodicity: str, more: str, watch: Watch, assumed: str | None
) -> None:
    activity = one_row("''", periodicity, more).activity("a")
    assert (activity.rhythm, activity.periods, activity.by_dates) == (watch, (), False)
    assert [assumed] * bool(assumed) == [assumed for said in activity.assumptions if assumed and assumed in said]


def test_a_number_that_is_ours_is_an_assumption(one_row: OneRow) -> None:
    assert one_row("2026", "Několikrát do roka").activity("a").assumptions == (
        "„Několikrát do roka“ neříká kolikrát; předpokládá se 2x v každém roce.",
    )


def test_what_is_on_call_has_the_dates_that_are_known(one_row: OneRow) -> None:
    nothing = one_row("''", "K významným krokům sociálního začleňování").activity("a")
    assert (nothing.on_call, nothing.by_dates, nothing.periods) == (True, True, ())
    known = one_row("''", "dle potřeby", "dates: [9. 6. 2026]").activity("a")
    assert [each.label for each in known.periods] == ["2026-06-09"]


@pytest.mark.parametrize(
    ("when", "periodicity", "floor", "first", "last"),
    [
        ("září, prosinec 2024–2027", "Alespoň 1x za ½ roku", Watch(1, Per.HALF), "2024-01-01", "2027-12-31"),
        ("září 2025", "nejméně 1x za ½ roku", Watch(1, Per.HALF), "2025-09-01", "2027-12-31"),
        ("září–říjen 2025", "minimálně 1x ročně", Watch(1, Per.YEAR), "2025-01-01", "2025-12-31"),
        ("od 03/2025", "aspoň 1x za čtvrtletí", Watch(1, Per.QUARTER), "2025-03-01", "2027-12-31"),
        ("listopad 2024–2027", "alespoň 1x za 2 roky", Watch(1, Per.YEAR, 2), "2024-01-01", "2027-12-31"),
    ],
)
def test_at_least_is_a_floor_over_the_years_named(
    one_row: OneRow, when: str, periodicity: str, floor: Watch, first: str, last: str
) -> None:
    activity = one_row(when, periodicity).activity("a")
    assert activity.floor == floor
    assert activity.floor_span == Window(date.fromisoformat(first), date.fromisoformat(last))


def test_without_at_least_there_is_no_floor(one_row: OneRow) -> None:
    assert one_row("září 2024–2027", "1x za rok").activity("a").floor is None


@pytest.mark.parametrize(
    ("when", "periodicity", "said"),
    [
        ("září, prosinec 2024–2025", "1x za ½ roku", "v 2024-H1, 2025-H1 nemá tolik"),
        ("září 2026–2027", "4x ročně", "v 2026, 2027 nemá tolik"),
        ("září 2026", "průběžně", "po celou dobu plánu; „září 2026“ zůstává jen slovy"),
        ("Červenec – prosinec 2024–2027", "1x za rok", None),
        ("září, prosinec 2024–2027", "2x ročně", None),
        ("září, prosinec 2024–2027", "alespoň 1x za ½ roku", None),
        ("2024–2027", "průběžně dle potřeby", None),
    ],
)
def test_a_promise_the_months_do_not_keep_is_a_remark(
    one_row: OneRow, when: str, periodicity: str, said: str | None
) -> None:
    remarks = one_row(when, periodicity).activity("a").remarks
    assert len(remarks) == bool(said)
    assert all(said is not None and said in remark for remark in remarks)


def test_a_second_rhythm_is_a_remark(one_row: OneRow) -> None:
    activity = one_row("2026", "1x ročně, dle potřeby častěji").activity("a")
    assert [each.label for each in activity.periods] == ["2026"]
    [remark] = activity.remarks
    assert "„dle potřeby častěji“" in remark
    plain = one_row("2026", "1x ročně, hlavně pro školy").activity("a")
    assert plain.remarks == ()
    assert any("„hlavně pro školy“" in said for said in plain.understood)


@pytest.mark.parametrize(
    ("when", "periodicity", "words"),
    [
        ("", "ročně v září", "v září"),
        ("každý rok v září", "", "v září"),
        ("", "2x ročně (jaro, podzim)", "jaro,podzim"),
        ("", "měsíčně kromě července a srpna", "kromě července a srpna"),
        ("", "čtvrtletně do konce roku 2026", "do konce roku 2026"),
        ("", "čtvrtletně, vždy 15. v měsíci", "vždy 15. v měsíci"),
        ("", "1x měsíčně, první úterý", "první úterý"),
        ("září 2026", "1x za rok (v prosinci)", "v prosinci"),
        ("", "průběžně od 09/2026", "od 09/2026"),
        ("prosinec 2024–2027", "1x za rok (v prosinci)", None),
        ("od 01/2024", "cca 4x ročně, od 01/2024", None),
        ("", "cca 4x ročně, mimo jiné pro školy", None),
        ("", "k významným krokům v září", None),
    ],
)
def test_a_time_that_nothing_goes_by_is_a_remark(
    one_row: OneRow, when: str, periodicity: str, words: str | None
) -> None:
    remarks = one_row(when, periodicity).activity("a").remarks
    assert len(remarks) == bool(words)
    assert all(f"„{words}“" in remark for remark in remarks)
