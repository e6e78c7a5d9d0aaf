"""`hlasatel report`, `articles` and `indicators` as they are typed: what they print, write and refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.fixtures.office import PROJECT
from worker.cli.main import main

NOW = ("--now", "2026-11-23T10:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration, and an empty database."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    shutil.copy(PROJECT / "schedules.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    return tmp_path


def run(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main([*words])
    captured = capfd.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_a_year_and_other_days_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "report", "--year", "2026", *NOW)
    year = json.loads(out)
    assert (code, year["year"], year["organisation"], len(year["activities"])) == (0, 2026, "Liberecký kraj", 31)
    assert year["totals"]["unrecorded"] + year["totals"]["open"] == sum(year["totals"].values()) > 20
    assert year["activities"][1]["written"]["periodicity"].startswith("Alespoň 1x za ½ roku")
    _, out, _ = run(capfd, "report", "--from", "1. 7. 2026", "--to", "2026-12-31", *NOW)
    half = json.loads(out)
    assert (half["year"], half["span"]) == (None, {"from": "2026-07-01", "to": "2026-12-31"})
    assert sum(half["totals"].values()) < sum(year["totals"].values())


def test_it_is_written_to_a_file(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(capfd, "report", "--out", "vykaz.json", *NOW)
    assert (code, out.strip()) == (0, "Výkaz je uložen v souboru vykaz.json.")
    assert json.loads((folder / "vykaz.json").read_text(encoding="utf-8"))["year"] == 2026
    code, _, err = run(capfd, "report", "--out", "jinde/vykaz.json", *NOW)
    assert code == 1 and "Zkontrolujte složku a práva" in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--year", "2026", "--from", "2026-01-01", "--to", "2026-02-01"), 2, "buď --year, nebo --from a --to"),
        (("--from", "2026-01-01"), 2, "buď --year, nebo --from a --to"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), 1, "Prohoďte --from a --to"),
        (("--year", "26"), 2, "rok má být mezi"),
        (("--format", "doc"), 2, "podoba „doc“ není"),
    ],
)
def test_what_cannot_be_is_refused(
    capfd: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = run(capfd, "report", *words, *NOW)
    assert (ended, out) == (code, "")
    assert said in " ".join(err.split())


def test_bytes_are_not_for_a_terminal(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = run(capfd, "report", "--format", "xlsx", *NOW)
    assert (code, out) == (1, "")
    assert "--out vykaz-2026.xlsx" in err


def test_articles_and_entries_come_into_the_report(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    address = "https://obec.example.org/1"
    add = ("articles", "add", address, "--title", "Byty", "--day", "5. 3. 2026", "--publisher", "municipality")
    assert run(capfd, *add, *NOW)[:2] == (0, f"Byty: zapsáno. {address}\n")
    (folder / "clanky.csv").write_bytes(
        f"Adresa;Název;Datum;Vydavatel\r\n{address};Byty;5.3.2026;obec\r\n".encode("cp1250")
    )
    code, out, _ = run(capfd, "articles", "import", "clanky.csv", "--preview", *NOW)
    assert code == 0 and "zapsáno už dřív: 1" in out
    note = ("indicators", "note", "XI/2", "--title", "Kampaň", "--day", "2026-04-05", "--organiser", "municipality")
    assert "zápis č. 1" in run(capfd, *note, *NOW)[1]
    _, out, _ = run(capfd, "report", "--year", "2026", *NOW)
    found = {each["id"]: each["number"] for each in json.loads(out)["indicators"]}
    assert found == {"XIII/1": 1, "XIII/4": None, "XI/1": None, "XI/2": 1}
    assert "Kampaň" in run(capfd, "indicators", "list")[1]
    assert json.loads(run(capfd, "articles", "list", "--format", "json", "--year", "2026")[1])[0]["address"] == address
    assert run(capfd, "articles", "remove", "1", "--reason", "omyl", *NOW)[0] == 0
    assert run(capfd, "articles", "list")[1] == "Žádný článek není zapsán.\n"
    assert "XIII/1" in run(capfd, "indicators", "note", "XX/1", "--title", "x", "--day", "1. 1. 2026", *NOW)[2]


def test_what_was_done_is_noted_once_hlasatel_was_started(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "hotovo.csv").write_text("Výskyt;Datum\nnewsletter/2025;3. 12. 2025\n", encoding="utf-8")
    code, _, err = run(capfd, "occurrence", "done-from", "hotovo.csv", *NOW)
    assert code == 1 and "hotovo.csv:2:1:" in err and "Nezapsalo se nic." in err
