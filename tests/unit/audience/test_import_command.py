"""`recipients import` as it is typed: a preview in both forms, all or nothing, progress, and the exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from worker.cli import recipients_import
from worker.cli.main import main

ROOT = Path(__file__).parents[3]
TABLE = "E-mail;Jméno;Telefon\nnova@noviny.example.org;Jana Nová;1\nnic;Nikdo;\nnova@noviny.example.org;;\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration, as the current folder, with a database and a table of its own."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    for name in ("HLASATEL_PLAN", "HLASATEL_CONFIG", "HLASATEL_DATA", "HLASATEL_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lidé.csv").write_bytes(TABLE.encode("cp1250"))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, and what was printed on stdout and stderr."""
    with pytest.raises(SystemExit) as ended:
        main(["recipients", *arguments])
    printed = capsys.readouterr()
    return int(str(ended.value.code or 0)), printed.out, printed.err


def on_list(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [each["address"] for each in json.loads(run(capsys, "list", "media", "--format", "json")[1])]


def test_a_preview_says_how_the_file_was_read_and_what_would_come_of_each_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, said, error = run(capsys, "import", "media", "lidé.csv", "--preview")
    assert (code, error) == (0, "")
    assert said.splitlines() == [
        "Náhled souboru lidé.csv; nic se neuložilo.",
        "Soubor je v kódování Windows-1250.",
        "Podle nadpisů: adresa je „E-mail“, jméno je „Jméno“.",
        "Ostatní sloupce se neukládají: „Telefon“.",
        "Seznam media: přidalo by se 1, už tam je 0, v souboru se opakuje 1, použít nejde 1; řádků celkem 3.",
        "lidé.csv:3:1: „nic“ není e-mailová adresa. Napište ji ve tvaru jmeno@domena.cz, "
        "bez diakritiky před zavináčem.",
        "lidé.csv:2:1: nova@noviny.example.org: Jana Nová, oslovení „Vážená paní Nová“.",
        "lidé.csv:4:1: nova@noviny.example.org: Stejná adresa jako na řádku 2.",
    ]
    code, said, _ = run(capsys, "import", "media", "lidé.csv", "--preview", "--format", "json")
    found = json.loads(said)
    assert (code, found["preview"], found["encoding"], found["ignored"]) == (0, True, "Windows-1250", ["Telefon"])
    assert [(row["row"], row["what"]) for row in found["rows"]] == [(3, "refused"), (4, "repeated"), (2, "added")]
    assert on_list(capsys) == []


def test_all_or_nothing_refuses_a_faulty_file_whole(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, said, error = run(capsys, "import", "media", "lidé.csv", "--all-or-nothing")
    assert (code, said) == (1, "")
    assert "Nic se nevložilo" in error and "je jich 1" in error
    assert on_list(capsys) == []
    (folder / "lidé.csv").write_text(TABLE.replace("nic;Nikdo;\n", ""), encoding="utf-8")
    assert run(capsys, "import", "media", "lidé.csv", "--all-or-nothing")[0] == 0
    assert on_list(capsys) == ["nova@noviny.example.org"]


def test_without_a_row_that_can_be_used_it_ends_with_1(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "lidé.csv").write_text("E-mail\nnic\n", encoding="utf-8")
    for options in ((), ("--preview",), ("--preview", "--format", "json")):
        assert run(capsys, "import", "media", "lidé.csv", *options)[0] == 1
    (folder / "lidé.csv").write_text("E-mail\n", encoding="utf-8")
    assert run(capsys, "import", "media", "lidé.csv")[0] == 0


def test_how_far_it_is_is_said_beside_the_result(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients_import, "SAID_EACH", 0.0)
    (folder / "lidé.csv").write_text("E-mail\n" + "".join(f"a{each}@b.example.org\n" for each in range(10_001)))
    _, said, error = run(capsys, "import", "media", "lidé.csv")
    assert error.splitlines() == [
        "Přečteno řádků: 10000.", "Hotovo řádků: 5000 z 10001.", "Hotovo řádků: 10000 z 10001.",
        "Hotovo řádků: 10001 z 10001.",
    ]  # fmt: skip
    assert said.startswith("Seznam media: přidáno 10001,")
