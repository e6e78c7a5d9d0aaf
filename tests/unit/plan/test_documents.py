"""The rows of the region's plan and of the three examples, against what the documents print.

`tests/data/printed` holds, for each activity, the cells and sentences of its document that `place` names, white space
tidied and nothing else changed.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from worker.cli.main import main
from worker.kinds import all_kinds
from worker.plan.first_start import FirstState, settle
from worker.plan.model import Activity, Lead, Occurrence, Per, Plan, Unit, Vocabulary, Watch
from worker.plan.occurrences import by_activity
from worker.plan.reading.load import load_plan
from worker.planning.described import about
from worker.settings import check_config_folder, is_sample_address, known_ids, load_people
from worker.times import local_day

ROOT = Path(__file__).parents[3]
PRINTED = ROOT / "tests" / "data" / "printed"
PLANS = {
    "region": ROOT / "schedules.yaml",
    "liberec-city": ROOT / "examples" / "liberec-city" / "schedules.yaml",
    "strakonice": ROOT / "examples" / "strakonice" / "schedules.yaml",
    "pracovni-skupina": ROOT / "examples" / "pracovni-skupina" / "schedules.yaml",
}
EXAMPLES = [name for name in PLANS if name != "region"]
COLUMNS = ("when", "activity", "target", "topic", "periodicity", "resources")

OURS = {
    ("region", "tiskova-zprava-1-pololeti", "when"): "1. pololetí 2024–2027",
    ("region", "tiskova-konference", "target"): "média",
    ("region", "socialni-site", "periodicity"): "průběžně",
    ("region", "casto-kladene-dotazy", "periodicity"): "průběžně",
    ("region", "clanky-radnicni-periodika", "periodicity"): "průběžně",
    ("region", "partnerske-akce", "periodicity"): "dle potřeby",
    ("region", "kampane", "periodicity"): "dle potřeby",
    ("region", "krizova-komunikace", "periodicity"): "při krizi",
    ("region", "zamestnanci", "periodicity"): "průběžně",
}
"""Words no document prints; each is owned up to in the activity's assumptions."""

TABLES = {
    "region": (
        "aktuality-web", "tiskova-zprava", "clanek-magazin", "bod-zastupitelstvo", "verejne-setkani", "newsletter"
    ),
    "strakonice": None,
}  # fmt: skip
"""Activities that are one row of a timetable each, so that every cell of the row must be kept; None: all of them."""

REGION = {
    "aktuality-web": 1, "tiskova-zprava": 8, "tiskova-zprava-1-pololeti": 4, "clanek-magazin": 7,
    "bod-zastupitelstvo": 0, "verejne-setkani": 2, "newsletter": 4,
    "magazin-kraj": 16, "zpravodaj-rodinam": 8, "letak": 1,
    "pakt-zamestnanosti": 4, "socialni-vybor": 4, "vyvraceni-hoaxu": 4,
    "rsk": 0, "rsk-pracovni-skupina": 0, "komise-rady": 0, "tiskova-konference": 0,
    "pozvanka-tiskova-konference": 0,
    "magazin-rubriky": 16, "zpravodaj-rubriky": 8, "socialni-vybor-podklad": 4,
    "bod-zastupitelstvo-podklad": 0, "komise-rady-podklad": 0,
    "socialni-site": 0, "casto-kladene-dotazy": 0, "clanky-radnicni-periodika": 0, "partnerske-akce": 0,
    "kampane": 0, "krizova-komunikace": 0, "aktualizace-adresaru": 0, "zamestnanci": 0,
}  # fmt: skip
LIBEREC = {
    "letaky": 0, "uredni-deska": 0, "clanky-a-prispevky": 0, "tiskove-zpravy": 0, "publicita-projektu": 0,
    "informovani-o-vystavbe": 0, "mikro-pribehy": 0, "zjistovani-potreb": 1, "zjistovani-spokojenosti": 6,
    "kampane": 6, "setkavani-odborne-verejnosti": 6, "komunitni-planovani": 0, "prednasky": 4,
}  # fmt: skip
STRAKONICE = {
    "uvodni-projednani": 1, "zaverecne-projednani": 1, "ridici-vybor": 8, "pracovni-skupiny": 0, "kulaty-stul": 4,
    "www-stranky": 0, "osobni-komunikace": 0, "e-mailova-komunikace": 0, "telefonicka-komunikace": 0,
    "tiskove-zpravy": 0, "katalog": 1,
}  # fmt: skip
MINUTES = dict.fromkeys(
    (
        "mz-pripominkovani", "mz-vyzva-web", "mz-vyzva-facebook", "mz-vyzva-sharepoint", "mz-rozeslani",
        "mz-vyporadani", "kp-pripominky", "kp-zapracovani", "kp-rada", "kp-web", "kp-socialni-site",
        "mimoradna-situace-policie", "mimoradna-situace-rada", "mimoradna-situace-obce", "mimoradna-situace-web",
        "mimoradna-situace-socialni-site",
    ),
    1,
)  # fmt: skip
COUNTS = {"region": REGION, "liberec-city": LIBEREC, "strakonice": STRAKONICE, "pracovni-skupina": MINUTES}


@cache
def read(name: str) -> Plan:
    path = PLANS[name]
    return load_plan(path, Vocabulary(frozenset(all_kinds()), *known_ids(path.parent / "config")))


@pytest.fixture(scope="module", params=list(PLANS))
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def printed(name: str) -> dict[str, list[str]]:
    """The cells of its document by activity."""
    with (PRINTED / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row[0]: row[1:] for row in rows}


def words_of(activity: Activity) -> dict[str, str]:
    """The plan's words by column, those of empty columns left out."""
    found = {column: str(getattr(activity.as_written, column)) for column in COLUMNS}
    return {column: words for column, words in found.items() if words}


def taken_from(words: str, cells: list[str]) -> bool:
    """Whether `words` stand in the cells letter for letter: within them, or as whole cells one after the other.

    " … " marks what a quotation leaves out.
    """
    if all(any(part in cell for cell in cells) for part in words.split(" … ")):
        return True
    for cell in sorted(cells, key=len, reverse=True):
        words = words.replace(cell, "", 1)
    return not words.strip(" ,")


def test_every_row_of_the_documents_is_an_activity_and_every_activity_a_row(name: str) -> None:
    assert {each.id for each in read(name).activities} == set(printed(name)) == set(COUNTS[name])


def test_each_row_has_as_many_occurrences_as_the_document_gives(name: str) -> None:
    plan = read(name)
    assert {activity_id: len(found) for activity_id, found in by_activity(plan).items()} == COUNTS[name]


def test_the_words_are_the_documents_letter_for_letter(name: str) -> None:
    cells = printed(name)
    changed = {
        (name, activity.id, column): words
        for activity in read(name).activities
        for column, words in words_of(activity).items()
        if not taken_from(words, cells[activity.id])
    }
    assert changed == {key: words for key, words in OURS.items() if key[0] == name}


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_of_a_timetable_is_left_out(table: str) -> None:
    cells, wanted = printed(table), TABLES[table]
    for activity in read(table).activities:
        if wanted is None or activity.id in wanted:
            kept = " ".join(words_of(activity).values())
            assert [cell for cell in cells[activity.id] if cell not in kept] == []


def test_no_cell_of_the_citys_timetable_is_left_out() -> None:
    """One cell holds two things, so its words are looked for in two activities."""
    cells = printed("liberec-city")
    words = {each.id: " ".join(words_of(each).values()) for each in read("liberec-city").activities}
    shared = words["zjistovani-spokojenosti"] + " " + words["kampane"]
    pair = "zjišťování spokojenosti obyvatelstva kampaně např. Česko proti chudobě"
    for activity_id, kept in words.items():
        left = [cell for cell in cells[activity_id] if cell not in kept]
        if activity_id in ("zjistovani-spokojenosti", "kampane"):
            [cell] = left
            assert cell.startswith(pair)
            assert all(word in shared for word in cell.split())
        else:
            assert left == []


def test_words_of_our_own_are_owned_up_to() -> None:
    region = read("region")
    for _, activity_id, column in OURS:
        said = " ".join(region.activity(activity_id).assumptions)
        assert "naše" in said or "je náš" in said, (activity_id, column)


def test_every_activity_says_what_was_assumed_and_where_it_stands(name: str) -> None:
    for activity in read(name).activities:
        assert activity.assumptions, activity.id
        assert any(mark in activity.as_written.place for mark in ("(KP ", "(L ", "(S ", "(Z ")), activity.id


def test_check_accepts_the_plan_and_prints_every_assumption(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("PLAN", "CONFIG"):
        monkeypatch.delenv(f"HLASATEL_{variable}", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["check", "--now", "2026-11-22T12:00", str(PLANS[name])])
    said = capsys.readouterr().out
    assert ended.value.code in (0, None)
    for activity in read(name).activities:
        assert all(assumption in said for assumption in activity.assumptions), activity.id


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_configuration_of_an_example_has_no_fault_and_leads_to_nobody(example: str) -> None:
    folder = PLANS[example].parent / "config"
    assert check_config_folder(folder) == []
    assert all(is_sample_address(person.email) for person in load_people(folder).values())


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_started_today_is_history(example: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    occurrences = [each for found in by_activity(read(example)).values() for each in found]
    assert occurrences
    assert {settle(each, now).state for each in occurrences} == {FirstState.HISTORICAL}


def test_a_task_is_told_in_the_rows_words_without_its_empty_columns() -> None:
    row = read("region").activity("pakt-zamestnanosti").as_written
    assert about(row) == (
        "Řádek plánu: Jednání Výkonné rady Paktu zaměstnanosti LK. "
        "Téma: Blok k sociální oblasti a sociálnímu začleňování."
    )
    campaigns = read("liberec-city").activity("kampane").as_written
    assert "Den zdraví. Pro koho: Magistrát." in about(campaigns)
    assert "festivaly, … Téma:" in about(read("region").activity("kampane").as_written)


def test_the_texts_of_an_example_are_drafted_without_measures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HLASATEL_CONFIG", raising=False)
    monkeypatch.delenv("HLASATEL_DATABASE_URL", raising=False)
    monkeypatch.setenv("HLASATEL_PLAN", str(PLANS["pracovni-skupina"]))
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    with pytest.raises(SystemExit) as ended:
        main(["preview", "mz-vyzva-facebook/2024-01-09", "--out", str(tmp_path / "out")])
    assert ended.value.code in (0, None), capsys.readouterr().err
    text = (tmp_path / "out" / "facebook-text.txt").read_text(encoding="utf-8")
    assert "Monitoring strategie sociálního začleňování LK 2021+" in text
    assert "opatření" not in text


def turns(plan: Plan, activity_id: str) -> tuple[Occurrence, ...]:
    return by_activity(plan)[activity_id]


def labels(plan: Plan, activity_id: str) -> list[str]:
    return [each.period for each in turns(plan, activity_id)]


def days(plan: Plan, activity_id: str) -> list[date]:
    return [local_day(each.send_at) for each in turns(plan, activity_id) if each.send_at]


def test_the_first_half_year_has_its_release() -> None:
    plan = read("region")
    found = turns(plan, "tiskova-zprava-1-pololeti")
    assert [(each.window.start, each.window.end) for each in found] == [
        (date(year, 1, 1), date(year, 6, 30)) for year in range(2024, 2028)
    ]
    assert plan.activity("tiskova-zprava-1-pololeti").counts_for == "tiskova-zprava"
    assert plan.activity("tiskova-zprava-1-pololeti").floor is None
    assert plan.activity("tiskova-zprava").floor == Watch(1, Per.HALF)
    assert plan.activity("clanek-magazin").floor == Watch(1, Per.HALF)


def test_the_recurring_tools_have_their_periods() -> None:
    plan = read("region")
    assert labels(plan, "magazin-kraj")[:5] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1"]
    assert labels(plan, "zpravodaj-rodinam")[-2:] == ["2027-H1", "2027-H2"]
    assert labels(plan, "letak") == ["2024"]
    for yearly in ("pakt-zamestnanosti", "socialni-vybor", "vyvraceni-hoaxu"):
        assert labels(plan, yearly) == ["2024", "2025", "2026", "2027"]


def test_rhythms_are_watched_and_calls_wait_for_their_dates() -> None:
    plan = read("region")
    assert {each.id: each.rhythm for each in plan.activities if each.rhythm} == {
        "socialni-site": Watch(1, Per.MONTH),
        "casto-kladene-dotazy": Watch(1, Per.HALF),
        "clanky-radnicni-periodika": Watch(1, Per.HALF),
        "aktualizace-adresaru": Watch(1, Per.QUARTER),
        "zamestnanci": Watch(1, Per.QUARTER),
    }
    assert [each.id for each in plan.activities if each.on_call] == [
        "komise-rady", "tiskova-konference", "partnerske-akce", "kampane", "krizova-komunikace"
    ]  # fmt: skip
    assert [each.id for each in plan.activities if each.crisis] == ["krizova-komunikace"]
    assert [each.id for each in plan.activities if each.by_dates and not each.on_call] == [
        "bod-zastupitelstvo", "rsk", "rsk-pracovni-skupina"
    ]  # fmt: skip


def test_a_crisis_statement_is_ready_in_hours_and_waits_for_its_day() -> None:
    row = read("region").activity("krizova-komunikace")
    assert (row.kinds, row.lists, row.template) == (("crisis-statement",), ("media",), None)
    assert row.lead.ask == Lead(5, Unit.HOURS)
    assert row.max_lateness == timedelta(hours=12)


def test_no_issues_deadline_is_invented_and_the_article_waits_for_one() -> None:
    plan = read("region")
    assert plan.activity("magazin-kraj").deadlines == {}
    anchor = plan.activity("clanek-magazin").anchor
    assert anchor is not None
    assert (anchor.activity_id, anchor.deadline, anchor.later) == ("magazin-kraj", True, False)


def test_two_or_three_a_year_are_two_and_one_optional() -> None:
    plan = read("liberec-city")
    for activity_id in ("zjistovani-spokojenosti", "kampane", "setkavani-odborne-verejnosti"):
        found = turns(plan, activity_id)
        assert [(each.period, each.optional) for each in found] == [
            ("2022", False), ("2022.2", False), ("2022.3", True), ("2023", False), ("2023.2", False), ("2023.3", True)
        ]  # fmt: skip


def test_the_citys_rhythms() -> None:
    plan = read("liberec-city")
    rhythms = {each.id: each.rhythm for each in plan.activities if each.rhythm}
    assert Counter(watch.per for watch in rhythms.values() if watch)[Per.WEEK] == 2
    assert rhythms["clanky-a-prispevky"] == rhythms["tiskove-zpravy"] == Watch(2, Per.WEEK)
    assert len(rhythms) == 8


def test_several_times_a_year_is_taken_for_twice() -> None:
    assert labels(read("liberec-city"), "prednasky") == ["2022-H1", "2022-H2", "2023-H1", "2023-H2"]


def test_the_slipped_word_is_read_back() -> None:
    row = read("liberec-city").activity("prednasky")
    assert (row.as_written.activity, row.as_written.target) == ("přednášky, workshopy", "školení, všichni")
    assert any("„školení,“" in each and "přednášky, školení, workshopy" in each for each in row.assumptions)


def test_the_project_counts_its_own_quarters() -> None:
    plan = read("strakonice")
    committee = turns(plan, "ridici-vybor")
    assert [each.period for each in committee] == [f"{year}-Q{n}" for year in (2018, 2019) for n in (1, 2, 3, 4)]
    assert (committee[0].window.start, committee[0].window.end) == (date(2018, 2, 1), date(2018, 4, 30))
    assert committee[-1].window.end == date(2020, 1, 31)


def test_the_round_tables_share_the_time_evenly() -> None:
    tables = turns(read("strakonice"), "kulaty-stul")
    assert [each.period for each in tables] == ["2018", "2018.2", "2019", "2019.2"]
    assert (tables[0].window.start, tables[-1].window.end) == (date(2018, 6, 1), date(2020, 1, 31))
    lengths = [(each.window.end - each.window.start).days for each in tables]
    assert max(lengths) - min(lengths) <= 3


def test_entered_dates_are_told_without_quoting_words_the_plan_lacks() -> None:
    row = read("strakonice").activity("pracovni-skupiny")
    assert row.understood[0] == "Termíny jsou jen data zadaná v „dates“, zatím jich je 0."
    assert "„9/2018 - 11/2019“" in row.understood[1]


def test_the_closing_hearing_follows_the_row_and_is_flagged() -> None:
    plan = read("strakonice")
    [closing] = turns(plan, "zaverecne-projednani")
    assert (closing.window.start, closing.window.end) == (date(2018, 9, 1), date(2018, 11, 30))
    assert any("2019" in each for each in plan.activity("zaverecne-projednani").assumptions)


def test_whoever_approves_in_strakonice_is_assumed_and_said_so() -> None:
    for activity in read("strakonice").activities:
        assert bool(activity.approvers) == any("Kdo texty schvaluje" in each for each in activity.assumptions)
    assert any(activity.approvers for activity in read("strakonice").activities)


def test_the_three_chains_keep_their_order() -> None:
    plan = read("pracovni-skupina")
    for chain in (
        ["mz-pripominkovani", "mz-vyzva-web", "mz-vyzva-facebook", "mz-vyporadani"],
        ["kp-pripominky", "kp-zapracovani", "kp-rada", "kp-web", "kp-socialni-site"],
        ["mimoradna-situace-policie", "mimoradna-situace-rada", "mimoradna-situace-obce", "mimoradna-situace-web"],
    ):
        found = [day for activity_id in chain for day in days(plan, activity_id)]
        assert found == sorted(found)
        assert len(found) == len(chain)
    assert days(plan, "kp-rada") == [date(2024, 2, 6)]
    assert days(plan, "mimoradna-situace-rada") == [date(2024, 3, 19)]
    [settled] = days(plan, "mz-vyporadani")
    assert date(2024, 1, 26) < settled < date(2024, 2, 6)
    assert [each.id for each in plan.activities if each.anchor] == [
        each for each in MINUTES if each not in ("mz-pripominkovani", "kp-rada", "mimoradna-situace-rada")
    ]
