"""The calendar of elections: what the coordinator may write, what is near, and the fault for everything else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.settings import check_config_folder, elections_near, load_elections

CONFIG = Path(__file__).parents[2] / "config"
ONE = "volby:\n  name: Volby\n  first_day: 9. 10. 2026\n  last_day: 2026-10-10\n  note: Sbírka zákonů\n"


def written(folder: Path, text: str) -> Path:
    (folder / "elections.yaml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidFiles) as refused:
        load_elections(written(folder, text))
    return [str(fault).removeprefix(f"{folder}/elections.yaml:") for fault in refused.value.faults]


def test_the_shipped_calendar_holds_the_elections_of_the_plans_years() -> None:
    found = load_elections(CONFIG)
    assert [(each.first_day.isoformat(), (each.last_day - each.first_day).days) for each in found] == [
        ("2024-06-07", 1),
        ("2024-09-20", 1),
        ("2025-10-03", 1),
        ("2026-10-09", 1),
    ]
    assert all("ověřte" in each.note for each in found)
    assert all(each.first_day.weekday() == 4 for each in found), "Czech elections begin on a Friday"


def test_near_is_from_so_many_days_before_to_the_last_day(tmp_path: Path) -> None:
    [usual] = load_elections(written(tmp_path, ONE))
    [short] = load_elections(written(tmp_path, f"{ONE}  days_before: 3\n"))
    for election, days in ((usual, 16), (short, 3)):
        around = [date(2026, 9, 1) + timedelta(days=n) for n in range(90)]
        near = [day for day in around if elections_near([election], day)]
        assert (near[0], near[-1]) == (date(2026, 10, 9) - timedelta(days=days), date(2026, 10, 10))
        assert len(near) == days + 2


def test_two_elections_may_be_near_at_once(tmp_path: Path) -> None:
    both = load_elections(written(tmp_path, ONE + ONE.replace("volby:", "jine:").replace("9. 10.", "1. 10.")))
    assert [each.id for each in both] == ["jine", "volby"]
    assert [each.id for each in elections_near(both, date(2026, 10, 2))] == ["jine", "volby"]
    assert [each.id for each in elections_near(both, date(2026, 9, 20))] == ["jine"]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("9. 10. 2026", "10. 10. 2026", "9.–10. 10. 2026"),
        ("5. 6. 2026", "5. 6. 2026", "5. 6. 2026"),
        ("30. 9. 2026", "1. 10. 2026", "30. 9. 2026 – 1. 10. 2026"),
        ("2026-12-31", "2027-01-01", "31. 12. 2026 – 1. 1. 2027"),
    ],
)
def test_the_days_are_said_in_czech(tmp_path: Path, first: str, last: str, said: str) -> None:
    text = ONE.replace("9. 10. 2026", first).replace("2026-10-10", last)
    assert load_elections(written(tmp_path, text))[0].days() == said


@pytest.mark.parametrize("text", ["", "# nic\n", "\n\n---\n", "\ufeff# Poznámkový blok\r\n"])
def test_the_file_may_be_empty_or_missing(tmp_path: Path, text: str) -> None:
    assert load_elections(tmp_path) == ()
    assert load_elections(written(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("right", "wrong", "place", "says"),
    [
        ("first_day: 9. 10. 2026", "first_day: 31. 9. 2026", "3:14", "Den „31. 9. 2026“ v kalendáři není"),
        ("first_day: 9. 10. 2026", "first_day: v říjnu", "3:14", "„v říjnu“ není datum"),
        ("first_day: 9. 10. 2026", "first_day: 20261009", "3:14", "„20261009“ není datum"),
        ("last_day: 2026-10-10", "last_day: 2026-10-08", "4:13", "Volby od 2026-10-09 do 2026-10-08 nedávají smysl"),
        ("last_day: 2026-10-10", "last_day: 2027-10-10", "4:13", "nejvýš 31 dní"),
        ("  note: Sbírka zákonů\n", "", "2:3", "chybí „note“"),
        ("  note:", "  not:", "5:3", "Mysleli jste „note“?"),
        ("note: Sbírka zákonů\n", "note: x\n  days_before: -1\n", "6:16", "od 0 do 366"),
        ("volby:", "Volby 2026:", "1:1", "Volby 2026"),
        ("volby:\n", "volby:\n  - x\nb:\n", "2:3", "má mít vlastní položky"),
    ],
)
def test_a_fault_has_its_place_and_what_to_write(tmp_path: Path, right: str, wrong: str, place: str, says: str) -> None:
    found = faults(tmp_path, ONE.replace(right, wrong))
    assert any(fault.startswith(f"{place}: ") and says in fault for fault in found), found


def test_its_faults_are_among_those_of_the_folder(tmp_path: Path) -> None:
    written(tmp_path, ONE.replace("9. 10. 2026", "zítra"))
    assert any("„zítra“" in fault.message for fault in check_config_folder(tmp_path))
