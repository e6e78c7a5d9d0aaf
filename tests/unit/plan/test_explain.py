"""What `check` says back of a row: each thing that was read has its sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.unit.plan.conftest import HEAD
from worker.plan.explain import Explanation, explain_plan
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.times import parse_instant

NOW = parse_instant("2026-11-21T12:00")
OneRow = Callable[..., Plan]
Read = Callable[[str], Plan]


def said(plan: Plan, now: datetime = NOW) -> dict[str, Explanation]:
    return {each.activity_id: each for each in explain_plan(plan, now, Names())}


BASE = """\
  - id: magazin
    periodicity: cca 4x ročně
    activity: Magazín
    place: 383
    deadlines: {2026-Q4: 5. 11. 2026}
"""


@pytest.mark.parametrize(
    ("anchor", "sentence"),
    [
        ("7 dní po magazin", "7 dní po výskytu aktivity „magazin“"),
        ("1 pracovní den před magazin", "1 pracovní den před výskytem aktivity „magazin“"),
        ("v den magazin", "v den výskytu aktivity „magazin“"),
        ("14 dní po 26. 1. 2024", "14 dní po dni 26.\u00a0ledna 2024"),
        ("2 dny před 26. 1. 2024", "2 dny před dnem 26.\u00a0ledna 2024"),
        ("v den 26. 1. 2024", "v den 26.\u00a0ledna 2024"),
        ("3 dny po uzávěrce magazin", "3 dny po uzávěrce aktivity „magazin“"),
        ("10 pracovních dní před uzávěrkou magazin", "10 pracovních dní před uzávěrkou aktivity „magazin“"),
        ("v den uzávěrky magazin", "v den uzávěrky aktivity „magazin“"),
    ],
)
def test_what_a_day_is_counted_from(read: Read, anchor: str, sentence: str) -> None:
    row = f"  - id: a\n    when: 2026–2027\n    activity: Článek\n    place: x\n    anchor: {anchor}\n"
    sentences = said(read(HEAD + BASE + row))["a"].sentences
    assert any(each.startswith(f"Den se počítá: {sentence}. Odesílá se v 10:00") for each in sentences)
    fallback = [each for each in sentences if "Dokud v období žádná uzávěrka známa není" in each]
    assert bool(fallback) == ("uzávěr" in anchor)


def test_known_uzaverky_are_told(read: Read) -> None:
    assert "Známé uzávěrky: 2026-Q4: čtvrtek 5.\u00a0listopadu 2026." in said(read(HEAD + BASE))["magazin"].sentences


def test_a_rhythm_has_its_watch_and_no_dates(one_row: OneRow) -> None:
    row = said(one_row("''", "průběžně"))["a"]
    assert row.sentences[0] == "„průběžně“: nemá termíny; hlídá se, zda bylo zaznamenáno aspoň 1x v každém čtvrtletí."
    assert "před jeho koncem připomenutí" in row.sentences[-1]
    assert row.assumptions == ("„průběžně“ neříká, jak často; hlídá se 1x v každém čtvrtletí.",)
    assert row.next_dates == ("Nemá termíny, hlídá se jen četnost.",)
    assert not any("Odesílá se" in each or "Den odeslání" in each for each in row.sentences)


def test_what_is_on_call_waits_for_a_date(one_row: OneRow) -> None:
    row = said(one_row("''", "k významným krokům"))["a"]
    assert "rok bez nich není chyba" in row.sentences[0]
    assert row.next_dates == ("Zatím není žádný zadán. Až bude znám, doplňte ho do „dates“.",)


def test_exceptions_crisis_and_template_are_told(one_row: OneRow) -> None:
    more = """\
        exceptions:
          2026-H2: {move: 17. 12. 2026, time: "9:00", why: zasedá rada}
          2027-H1: {drop: volby}
        crisis: true
        template: krizove
    """
    row = said(one_row("2026–2027", "pololetně", more))["a"]
    assert (
        "Výjimka, přesunutý termín a/2026-H2: čtvrtek 17.\u00a0prosince 2026 v\u00a09:00 (SEČ). Důvod: zasedá rada"
        in row.sentences
    )
    assert "Výjimka: a/2027-H1 odpadá. Důvod: volby" in row.sentences
    assert any("i když je všechno ostatní pozastaveno" in each for each in row.sentences)
    assert any("varianty šablon „krizove“" in each for each in row.sentences)
    assert [each.partition(":")[0] for each in row.next_dates] == ["a/2026-H2", "a/2027-H2"]


def test_optional_and_assumed_days_are_marked(one_row: OneRow) -> None:
    dates = said(one_row("2026–2027", "2–3x ročně"), parse_instant("2027-06-01"))["a"].next_dates
    assert len(dates) == 2
    assert dates[0].endswith("předpokládaný den")
    assert dates[1].endswith("předpokládaný den, nepovinný")


def test_an_unmet_half_year_is_told_and_who_makes_up_for_one(read: Read) -> None:
    helping = """\
  - id: b
    when: 1. pololetí 2026
    activity: Zpráva
    place: x
    counts_for: a
"""
    row = """\
  - id: a
    when: září 2026–2027
    periodicity: alespoň 1x za ½ roku
    activity: Zpráva
    place: x
"""
    told = said(read(HEAD + row + helping))
    assert "V 2026-H1 nestačí vlastní termíny; slib plní b." in told["a"].sentences
    unmet = "Nesplněno: v 2027-H1 není dost vlastních termínů a nic jiného je nenahrazuje."
    assert unmet in told["a"].sentences
    assert "Termíny se počítají i do slíbeného „alespoň“ aktivity „a“." in told["b"].sentences
    short = said(read(HEAD + row.replace("1x za", "2x za") + helping))["a"].sentences
    assert "Nesplněno: v 2026-H1 není dost vlastních termínů, ani když se počítá b." in short


def test_of_a_plan_that_is_over_the_last_three_dates_are_told(one_row: OneRow) -> None:
    plan = one_row("2024", "čtvrtletně", span=("2024-01-01", "2024-12-31"))
    on_the_last_day, after = (said(plan, parse_instant(day))["a"] for day in ("2024-12-31T12:00", "2025-01-01"))
    assert on_the_last_day.last_dates == ()
    assert after.next_dates == ()
    assert [each.partition(":")[0] for each in after.last_dates] == ["a/2024-Q2", "a/2024-Q3", "a/2024-Q4"]


def test_an_open_window_says_until_when(one_row: OneRow) -> None:
    [date] = said(one_row("listopad 2026"))["a"].next_dates
    assert date.endswith("už minul, období ale trvá do 30.\u00a0listopadu 2026")


def test_everything_is_said_in_english_too(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HLASATEL_LANG", "en")
    row = "  - id: a\n    when: 2026\n    activity: x\n    place: x\n    anchor: 2 dny před uzávěrkou magazin\n"
    told = said(read(HEAD + BASE + row))
    text = " ".join((*told["a"].sentences, *told["magazin"].sentences))
    assert "2 days before the deadline of the activity “magazin”" in text
    assert "Tuesday number 2 of the period's last month" in text
    ours = re.sub("“.+?”", "", text)
    assert not any(mark in ours for mark in "ěščřžůú")
