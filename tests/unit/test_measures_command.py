"""`hlasatel measures`: out as a CSV to fill in, in again with what was answered, and who answers for which."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from worker.cli.main import main
from worker.errors import InvalidFiles
from worker.settings import Person, load_measures, load_people
from worker.settings.gestors import gestor_doubts, named, of_gestor, without_gestor
from worker.settings.measures_import import as_csv, update_of, write

CONFIG = Path(__file__).parents[2] / "config"
PLAN = "schedules.yaml"
HEAD = "area,number,status,status_date\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG, tmp_path / "config")
    return tmp_path / "config"


def answered(config: Path, text: str) -> Path:
    file = config.parent / "odpovedi.csv"
    file.write_text(text, encoding="utf-8")
    return file


def faults(config: Path, text: str) -> list[str]:
    with pytest.raises(InvalidFiles) as refused:
        update_of(config, answered(config, text))
    return [f"{fault.line}: {fault.message}" for fault in refused.value.faults]


def test_the_shipped_file_comes_out_as_it_is() -> None:
    assert as_csv(load_measures(CONFIG)) == (CONFIG / "measures.csv").read_text(encoding="utf-8")


def test_new_states_are_written_and_nothing_else_changes(config: Path) -> None:
    before = load_measures(config)
    update = update_of(config, answered(config, HEAD + "I,6,částečně,2026-12-31\nI,1,částečně,2023-12-31\n"))
    assert ([now.id for _, now in update.changed], update.same) == (["I/6"], 1)
    assert load_measures(config) == before, "nothing is written yet"
    write(config, update.measures)
    after = {each.id: each for each in load_measures(config)}
    assert (after["I/6"].status, after["I/6"].status_date.isoformat()) == ("částečně", "2026-12-31")
    assert [each for each in before if after[each.id] != each] == [each for each in before if each.id == "I/6"]
    assert sorted(path.name for path in config.iterdir()) == sorted(path.name for path in CONFIG.iterdir())


def test_the_files_rights_and_owner_stay(config: Path) -> None:
    file = config / "measures.csv"
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 12345, 12345)
    before = file.stat()
    write(config, load_measures(config))
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino, "put in its place as a whole"


def test_a_spreadsheets_semicolons_and_other_columns_are_read(config: Path) -> None:
    text = "number;area;status_date;status;indicator\n6;I;2026-12-31;plněno;místo otevřeno\n5;I;2026-12-31;plněno;\n\n"
    changed = dict((now.id, (before, now)) for before, now in update_of(config, answered(config, text)).changed)
    assert changed["I/6"][1].indicator == "místo otevřeno"
    assert changed["I/5"][1].indicator == changed["I/5"][0].indicator != ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,number,status\n", "první řádek má obsahovat sloupce area, number, status, status_date"),
        (HEAD.replace("status,", "stav,"), "první řádek má obsahovat"),
        ("area,number,status,status_date,area\n", "první řádek má obsahovat"),
        ("", "první řádek má obsahovat"),
        (HEAD + "I,6,plněno\n", "řádek má 3 buněk"),
        (HEAD + "I,99,plněno,2026-12-31\n", "opatření I/99 v measures.csv není"),
        (HEAD + "I,6,plněno,2026-12-31\nI,6,plněno,2026-12-31\n", "opatření I/6 je tu podruhé"),
        (HEAD + "I,6,plneno,2026-12-31\n", "plněno"),
        (HEAD + "I,6,,2026-12-31\n", "splněno"),
        (HEAD + "I,6,plněno,31. 12. 2026\n", "31. 12. 2026"),
        (HEAD + "I,6,plněno,2022-12-31\n", "tento je starší"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole(config: Path, text: str, said: str) -> None:
    found = faults(config, text)
    assert len(found) == 1 and said in found[0]


def test_every_fault_is_told_with_its_line(config: Path) -> None:
    found = faults(config, HEAD + "I,6,plneno,loni\nII,1,plněno,2026-12-31\nXX,1,plněno,2026-12-31\n")
    assert [each.partition(":")[0] for each in found] == ["2", "2", "4"]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("KÚ LK / OSV+ ORREP", ("KÚ LK", "OSV", "ORREP")),
        ("KÚ LK – OŠMTS + OSV", ("KÚ LK", "OŠMTS", "OSV")),
        ("KÚ LK / odd. krizového řízení + OSV", ("KÚ LK", "odd. krizového řízení", "OSV")),
        ("KÚ LK / ???", ("KÚ LK",)),
        ("---", ()),
        ("", ()),
    ],
)
def test_what_a_printed_cell_names(printed: str, names: tuple[str, ...]) -> None:
    assert named(printed) == names


def gestor(*words: str) -> Person:
    return Person(id="g", name="G", role="r", email="g@example.org", greeting="g", gestor_of=words)


def test_a_gestor_has_the_measures_that_name_her(config: Path) -> None:
    measures = load_measures(config)
    own = of_gestor(gestor("osv"), measures)
    assert own and all("OSV" in each.responsible for each in own)
    assert {each.id for each in without_gestor([gestor("OSV")], measures)} == {
        each.id for each in measures if "OSV" not in each.responsible
    }
    assert of_gestor(gestor(), measures) == ()


def test_a_word_that_no_measure_has_is_doubted() -> None:
    measures = load_measures(CONFIG)
    assert gestor_doubts(load_people(CONFIG), measures) == []
    (said,) = gestor_doubts({"g": gestor("OSV", "OŠMT")}, measures)
    assert "„OŠMT“ neodpovídá za žádné opatření" in said and "Mysleli jste „OŠMTS“?" in said


def command(config: Path, *arguments: object) -> int:
    """The exit code of `hlasatel measures`, run here on a database of its own."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in (("CONFIG", config), ("DATA", config.parent / "data"), ("PLAN", CONFIG.parent / PLAN)):
            environment.setenv(f"HLASATEL_{name}", str(value))
        with pytest.raises(SystemExit) as ended:
            main(["measures", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_the_command_shows_first_and_writes_then(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, before = answered(config, HEAD + "I,6,částečně,2026-12-31\n"), (config / "measures.csv").read_bytes()
    assert command(config, "import", file, "--dry-run") == 0
    assert (config / "measures.csv").read_bytes() == before
    assert "I/6: neplněno (k 31. 12. 2023) → částečně (k 31. 12. 2026)" in capsys.readouterr().out
    assert command(config, "import", file) == 0
    assert "s novým stavem nebo datem 1, beze změny 0" in capsys.readouterr().out
    assert command(config, "export", "--gestor", "gestor-ozp") == 0
    (row,) = capsys.readouterr().out.splitlines()[1:]
    assert "OŽP" in row
    file.write_text(HEAD + "I,6,plneno,2026-12-31\n", encoding="utf-8")
    assert command(config, "import", file) == 1
    assert f"{file}:2:1: " in capsys.readouterr().err
    assert command(config, "export", "--gestor", "nikdo") == 1
