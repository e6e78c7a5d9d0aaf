"""`timetable` and `recipients` as they are typed: on a narrow terminal, in a pipe, with a faulty file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from worker.cli.main import main

ROOT = Path(__file__).parents[2]
NOW = ("--now", "2026-11-21T12:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration, as the current folder, with a database of its own."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    for name in ("HLASATEL_PLAN", "HLASATEL_CONFIG", "HLASATEL_DATA", "HLASATEL_DATABASE_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, and what was printed on stdout and stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(str(ended.value.code or 0)), printed.out, printed.err


@pytest.mark.parametrize(
    ("columns", "heads"),
    [
        ("60", "výskyt kdy stav"),
        ("80", "výskyt kdy stav"),
        ("90", "výskyt kdy stav"),
        ("100", "výskyt kdy komu stav"),
        ("170", "výskyt co kdy komu stav"),
        ("220", "výskyt co období kdy komu stav"),
        (None, "výskyt co období kdy komu stav"),
    ],
)
def test_the_table_keeps_ids_and_times_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str | None, heads: str
) -> None:
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    _, table, _ = run(capsys, "timetable", *NOW)
    upper, _, beneath = table.partition("* den je předpoklad")
    lines = [line.rstrip() for line in upper.splitlines() if line.strip()]
    assert max(map(len, lines)) <= int(columns or 250)
    assert lines[1].split() == heads.split()
    assert beneath
    if columns != "60":
        assert all("/20" in line for line in lines[3:]), "each occurrence on a line of its own"
    times = () if columns in ("60", "80") else ("12. 11. 2024 10:00",)
    for text in ("verejne-setkani/2024-11", "12. 11. 2024", "newsletter/2027", *times):
        assert text in table


def test_an_empty_span_is_a_table_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, table, _ = run(capsys, "timetable", "--from", "2027-12-31", "--to", "2027-01-01", *NOW)
    assert (code, "/20" in table) == (0, False)


def test_the_counts_of_an_import_add_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "a.csv"
    file.write_text(
        "address,name\na@noviny.example.org,A\nA@noviny.example.org,A\nnic,B\nb@noviny.example.org,B\n",
        encoding="utf-8",
    )
    code, said, refused = run(capsys, "recipients", "import", "media", "a.csv")
    assert code == 0
    counts = "přidáno 2, už tam bylo 0, v souboru se opakovalo 1, odmítnuto 1; řádků celkem 4."
    assert said == f"Seznam media: {counts}\n"
    assert refused.startswith("a.csv:4:1: „nic“")
    _, said, _ = run(capsys, "recipients", "import", "media", "a.csv")
    assert "přidáno 0, už tam bylo 2, v souboru se opakovalo 1, odmítnuto 1; řádků celkem 4." in said


@pytest.mark.parametrize(("name", "says"), [("config", "je to složka"), ("není.csv", "neexistuje")])
def test_what_is_no_file_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str], name: str, says: str) -> None:
    code, said, error = run(capsys, "recipients", "import", "media", name)
    assert (code, said) == (1, "")
    assert says in error
    assert len(error.splitlines()) == 1


def test_lists_are_printed_in_both_forms_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    _, said, _ = run(capsys, "recipients", "list", "--format", "json")
    assert {"list": "media", "name": "Média", "recipients": 0} in json.loads(said)
    assert run(capsys, "recipients", "list", "--format", "table")[0] == 2
    assert run(capsys, "timetable", "--format", "pdf")[0] == 2


@pytest.mark.parametrize(
    ("form", "begins"),
    [("ics", b"BEGIN:VCALENDAR\r\n"), ("svg", b"<svg "), ("xlsx", b"PK\x03\x04"), ("json", b"[\n")],
)
def test_every_form_goes_to_the_output_alone_and_byte_for_byte(
    capsysbinary: pytest.CaptureFixture[bytes], form: str, begins: bytes
) -> None:
    def printed(*arguments: str) -> bytes:
        with pytest.raises(SystemExit):
            main(["timetable", "--format", form, *arguments, *NOW])
        return capsysbinary.readouterr().out

    whole = printed()
    assert whole.startswith(begins)
    assert b"tiskova-zprava/2027-09" in whole or form == "xlsx"
    part = printed("--from", "2026-12-01", "--to", "2026-12-31")
    assert part.startswith(begins)
    assert b"tiskova-zprava/2027-09" not in part
    assert len(part) < len(whole)


def test_a_workbook_is_not_printed_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, printed, said = run(capsys, "timetable", "--format", "xlsx", *NOW)
    assert (code, printed) == (1, "")
    assert "hlasatel timetable --format xlsx > harmonogram.xlsx" in said


def test_a_list_is_printed_as_a_table_for_a_spreadsheet(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "novy.csv").write_text("address,name\nzly@posta.example.org,=1+1\n", encoding="utf-8")
    assert run(capsys, "recipients", "import", "obce", "novy.csv")[0] == 0
    code, printed, _ = run(capsys, "recipients", "list", "obce", "--format", "csv")
    assert code == 0
    head, row = printed.removeprefix("\ufeff").split("\n")[:2]
    assert head.startswith('"address";"name";"greeting"') and row.startswith('"zly@posta.example.org";"\'=1+1"')
    code, printed, said = run(capsys, "recipients", "list", "--format", "csv")
    assert (code, printed) == (2, "") and "vždy jednoho seznamu" in said
