"""The shipped configuration, literally: it works as it is, and the measures are those of the monitoring report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.settings import (
    Measure,
    check_config,
    closure,
    is_sample_address,
    load_areas,
    load_lists,
    load_measures,
    load_people,
    load_settings,
)
from worker.settings.gestors import named

CONFIG = Path(__file__).parents[2] / "config"

AREAS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII"]
COUNTS = {
    "splněno": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    "plněno": [2, 0, 0, 5, 2, 0, 1, 4, 0, 2, 3, 2, 1],
    "částečně": [4, 7, 5, 5, 9, 10, 4, 6, 7, 0, 5, 4, 2],
    "neplněno": [3, 2, 3, 1, 1, 3, 2, 0, 0, 2, 1, 0, 0],
}
TOTALS = {"splněno": 1, "plněno": 22, "částečně": 68, "neplněno": 18}
PER_AREA = [9, 9, 8, 11, 12, 13, 7, 10, 7, 4, 9, 6, 4]

LISTS_OF_THE_PLAN = [
    "platformy",
    "media-regionalni",
    "media-celostatni",
    "politici",
    "zamestnavatele",
    "spolupracujici-clenove",
    "odborna-verejnost",
    "neziskove-organizace",
    "mestska-policie",
    "jini",
    "obcane",
]
ROLES = [
    "tiskovy-mluvci",
    "zastupce-mluvciho",
    "koordinator",
    "asz",
    "vedeni-kraje",
    "reditel",
    "redakce-magazinu",
    "redakce-rodinam",
    "redakce-webu",
    "spravce-facebooku",
]
BODIES = [
    "vybor-socialnich-veci",
    "vybor-vzdelavani-zamestnanost",
    "vybor-zdravotnictvi",
    "komise-mensiny-zaclenovani",
    "komise-protidrogova",
    "redakcni-rada",
    "poradni-sbor-ochrany-deti",
    "odborna-skupina-sprss",
    "ps-prevence-kriminality",
    "rsk-ps-socialni-zaclenovani",
    "rsk-ps-vzdelavani",
    "pakt-skupina-vzdelavani",
]


def measure(area: str, number: int) -> Measure:
    return next(one for one in load_measures(CONFIG) if (one.area, one.number) == (area, number))


def test_the_shipped_configuration_has_no_fault() -> None:
    assert check_config(load_settings({}, config=CONFIG)) == []


def test_the_measures_are_counted_as_the_rows_of_the_report() -> None:
    measures = load_measures(CONFIG)
    assert [sum(one.area == area for one in measures) for area in AREAS] == PER_AREA
    assert len(measures) == 109
    for status, counts in COUNTS.items():
        assert [sum((one.area, one.status) == (area, status) for one in measures) for area in AREAS] == counts
        assert sum(one.status == status for one in measures) == TOTALS[status]
    assert {one.status_date for one in measures} == {dt.date(2023, 12, 31)}


def test_measures_are_numbered_without_gaps() -> None:
    numbers = {area: [one.number for one in load_measures(CONFIG) if one.area == area] for area in AREAS}
    assert numbers == {area: list(range(1, count + 1)) for area, count in zip(AREAS, PER_AREA, strict=True)}


def test_cells_are_as_printed() -> None:
    assert measure("I", 1) == Measure(
        "I",
        1,
        "Jednotnému pojímání bytové nouze",
        "metodika",
        "12 / 2024",
        "LK",
        "MPSV, MMR",
        "částečně",
        dt.date(2023, 12, 31),
    )
    assert (measure("V", 6).status, measure("V", 6).indicator) == ("částečně", "Metodika, stáže")
    assert [measure(*which).responsible for which in (("II", 8), ("III", 5), ("VIII", 1))] == ["KÚ LK / ???"] * 3
    assert [measure(*which).cooperating for which in (("I", 5), ("II", 1), ("II", 2), ("III", 8))] == ["---"] * 4
    assert [measure(*which).responsible for which in (("IV", 7), ("IV", 9), ("VI", 3))] == [""] * 3
    assert [measure(*which).indicator for which in (("VI", 9), ("VII", 7))] == [""] * 2
    assert measure("VII", 2).deadline == "12 /2023"
    assert measure("VI", 11).cooperating == "obce, zaměstnavatelé, NN"
    assert measure("XIII", 1).indicator == "Počet zveřejněných článků"
    assert measure("XIII", 4).indicator == "Počet veřejných setkání"
    assert measure("III", 8).text.startswith("zahrnutí úvazků dluhových poradců")
    assert not any("bookmark" in one.text or "  " in one.text for one in load_measures(CONFIG))


def test_the_areas_have_their_printed_names() -> None:
    areas = load_areas(CONFIG)
    assert list(areas) == AREAS
    assert areas["I"] == "Zajištění návaznosti krajské sítě sociálních služeb na krizové a sociální bydlení"
    assert areas["V"].startswith("Systém multidisciplinární spolupráce – case managment")
    assert areas["XIII"] == "PR a komunikace"


def test_the_lists_are_the_plans_eleven_two_unions_and_three_of_ours() -> None:
    lists = load_lists(CONFIG)
    assert [one.id for one in lists.values() if one.place] == LISTS_OF_THE_PLAN
    ours = ["obce", "redakce-zpravodaju", "zamestnanci", "media", "vsichni"]
    assert [one.id for one in lists.values() if one.ours] == ours
    assert [one.id for one in lists.values() if one.group] == ["media-regionalni", "media-celostatni", "zamestnanci"]
    assert set(closure(lists, "media")) == {"media", "media-regionalni", "media-celostatni"}
    assert set(closure(lists, "vsichni")) == set(lists)


def test_the_people_are_roles_with_sample_addresses() -> None:
    people = load_people(CONFIG)
    assert [one.id for one in people.values() if not one.gestor_of] == ROLES + BODIES
    assert len([one for one in people.values() if one.gestor_of]) == 8
    assert people["tiskovy-mluvci"].deputy == "zastupce-mluvciho"
    assert all(is_sample_address(person.email) for person in people.values())
    assert len({person.email for person in people.values()}) == len(people)


def test_the_gestors_are_those_the_measures_name_with_a_word_of_their_own() -> None:
    words = {name for measure in load_measures(CONFIG) for name in named(measure.responsible)}
    asked = {word for person in load_people(CONFIG).values() for word in person.gestor_of}
    assert words - asked == {"KÚ LK", "LK", "MMR ČR", "obce", "jednotlivé odbory"}
    assert asked < words


def test_answers_reach_a_person() -> None:
    settings = load_settings({}, config=CONFIG)
    assert {kind: mail.reply_to for kind, mail in settings.mail.kinds.items()} == {
        "press-release": "tiskovy-mluvci",
        "press-conference-invitation": "tiskovy-mluvci",
        "crisis-statement": "tiskovy-mluvci",
        "newsletter": "koordinator",
    }
    assert (settings.coordinator, settings.facebook) == ("koordinator", "spravce-facebooku")
    addresses = [settings.mail.from_address, *(mail.from_address for mail in settings.mail.kinds.values())]
    assert all(is_sample_address(address) for address in addresses)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("area,number", "okruh,number", "1:1: první řádek má znít"),
        ("\nI,1,", "\nXIV,1,", "2:1: okruh „XIV“ není v measures-areas.csv"),
        ("\nI,2,", "\nI,1,", "3:1: opatření I/1 je tu podruhé"),
        ("\nI,2,", "\nI,dvě,", "3:1: číslo opatření „dvě“"),
        (
            "částečně,2023-12-31",
            "častečně,31. 12. 2023",
            "2:1: stav „častečně“ Hlasatel nezná. Mysleli jste „částečně“?",
        ),
        ("částečně,2023-12-31", "částečně,31. 12. 2023", "2:1: „31. 12. 2023“ není den"),
        (",metodika,", ",metodika,navíc,", "2:1: řádek má 10 sloupců místo 9"),
    ],
)
def test_a_spoilt_table_of_measures_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (CONFIG / "measures.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "measures.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "measures-areas.csv").write_bytes((CONFIG / "measures-areas.csv").read_bytes())
    with pytest.raises(InvalidFiles) as refused:
        load_measures(tmp_path)
    assert any(says in str(fault) for fault in refused.value.faults)
