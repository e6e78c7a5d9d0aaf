"""Czech days, periods, agreement of numbers and colours that can be read."""

from __future__ import annotations

import pytest

from worker.drafting import czech


@pytest.mark.parametrize(
    ("iso", "genitive", "dative"),
    [
        ("2026-12-08", "8. prosince 2026", "8. prosinci 2026"),
        ("2027-09-14", "14. září 2027", "14. září 2027"),
        ("2024-02-29", "29. února 2024", "29. únoru 2024"),
        ("2025-07-01", "1. července 2025", "1. červenci 2025"),
    ],
)
def test_days(iso: str, genitive: str, dative: str) -> None:
    assert (czech.day(iso), czech.day_dative(iso)) == (genitive, dative)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2027-09-01", "2027-09-30", "září 2027"),
        ("2024-02-01", "2024-02-29", "únor 2024"),
        ("2026-12-01", "2026-12-31", "prosinec 2026"),
        ("2027-01-01", "2027-06-30", "1. pololetí 2027"),
        ("2027-07-01", "2027-12-31", "2. pololetí 2027"),
        ("2027-04-01", "2027-06-30", "2. čtvrtletí 2027"),
        ("2027-01-01", "2027-12-31", "rok 2027"),
        ("2027-02-01", "2027-05-31", "únor až květen 2027"),
        ("2027-02-03", "2027-02-03", "3. února 2027"),
        ("2027-02-03", "2027-05-31", "3. února 2027 – 31. května 2027"),
        ("2026-12-01", "2027-01-31", "1. prosince 2026 – 31. ledna 2027"),
    ],
)
def test_periods(start: str, end: str, said: str) -> None:
    assert czech.period({"from": start, "to": end}) == said


def test_lists() -> None:
    assert [czech.listing(items) for items in ([], ["I"], ["I", "II"], ["I", "III", "VI"])] == [
        "",
        "I",
        "I a II",
        "I, III a VI",
    ]


def test_a_status_keeps_its_date() -> None:
    assert czech.as_of({"state_from": "2023-12-31", "state": "2023-12-31"}) == "stav k 31. prosinci 2023"
    assert czech.as_of({"state_from": "2023-12-31", "state": "2026-06-30"}) == (
        "stav podle opatření v době od 31. prosince 2023 do 30. června 2026"
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"splněno": 1, "plněno": 22, "neplněno": 18}, "bylo splněno 1, plněno 22 a neplněno 18"),
        ({"splněno": 0, "plněno": 21, "neplněno": 0}, "bylo plněno 21"),
        ({"splněno": 2, "částečně plněno": 3}, "byla splněna 2 a částečně plněna 3"),
    ],
)
def test_numbers_agree(counts: dict[str, int], said: str) -> None:
    assert czech.evaluated(counts) == said


def test_the_preposition_before_a_number() -> None:
    said = [czech.within(count) for count in (1, 2, 4, 5, 10, 12, 13, 15, 21, 30, 50, 109)]
    assert said == ["v 1", "ve 2", "ve 4", "v 5", "v 10", "ve 12", "ve 13", "v 15", "ve 21", "ve 30", "v 50", "ve 109"]


def test_a_row_of_the_plan_as_a_title() -> None:
    row = "Tiskové zprávy (společné i za každého člena komise Rady kraje zvlášť)"
    assert czech.without_long_bracket(row) == "Tiskové zprávy"
    assert czech.without_long_bracket("Veřejné setkání (on-line)") == "Veřejné setkání (on-line)"


@pytest.mark.parametrize(
    ("colour", "ink"), [("#1f4e79", "#ffffff"), ("#ffd700", "#111111"), ("#000000", "#ffffff"), ("#808080", "#111111")]
)
def test_ink_can_be_read_on_the_organisations_colour(colour: str, ink: str) -> None:
    assert czech.ink_on(colour) == ink
