"""`hlasatel consent` as it is typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from worker.cli.main import main

ROOT = Path(__file__).parents[2]
STORY = "newsletter/2026"
TOLD = "tiskova-zprava/2026-12"
NOW = ("--now", "2026-11-21T12:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration, as the current folder, with a database of its own."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    for name in ("HLASATEL_PLAN", "HLASATEL_CONFIG", "HLASATEL_DATA", "HLASATEL_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code, and what was printed: the result, or why there is none."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(str(ended.value.code or 0)), (printed.out or printed.err).replace("\u00a0", " ")


def test_noted_listed_and_withdrawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "consent", "list", *NOW)[1] == "Žádný souhlas zaznamenán není.\n"
    run(capsys, "tick", *NOW)
    whose = ("--subject", "paní z Liberce", "--given-by", "guardian", "--until", "2026-12-31")
    code, said = run(capsys, "consent", "note", STORY, *whose, *NOW)
    assert code == 0 and "souhlas č. 1 k newsletter/2026" in said
    listed = run(capsys, "consent", "list", STORY, *NOW)[1]
    assert "č. 1  newsletter/2026  paní z Liberce" in listed and "platí do 31. prosince 2026" in listed
    assert "platil do 31. prosince 2026" in run(capsys, "consent", "list", "--now", "2027-01-01T12:00")[1]
    assert "nepočítá" in run(capsys, "consent", "withdraw", "1", *NOW)[1]
    [shown] = json.loads(run(capsys, "consent", "list", "--format", "json", *NOW)[1])
    assert (shown["given_by"], shown["until"], shown["holds"]) == ("guardian", "2026-12-31", False)
    assert "odvolán v sobotu 21. listopadu 2026" in run(capsys, "consent", "list", *NOW)[1]


def test_what_will_open_no_approval_is_said_at_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    plan = folder / "schedules.yaml"
    row = "  - id: tiskova-zprava\n"
    assert row in plan.read_text(encoding="utf-8")
    plan.write_text(plan.read_text(encoding="utf-8").replace(row, row + "    stories: true\n"), encoding="utf-8")
    run(capsys, "tick", *NOW)
    assert "tato aktivita souhlasy nežádá" in run(capsys, "consent", "note", STORY, "--subject", "x", *NOW)[1]
    early = run(capsys, "consent", "note", TOLD, "--subject", "x", "--until", "7. 12. 2026", *NOW)[1]
    assert "souhlas skončí před odesláním (úterý 8. prosince 2026" in early
    enough = run(capsys, "consent", "note", TOLD, "--subject", "x", "--until", "8. 12. 2026", *NOW)[1]
    assert "Zaznamenáno" in enough and "Pozor" not in enough


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("withdraw", "7"), 1, "č. 7 zaznamenán není"),
        (("note", "newsletter/2030", "--subject", "x"), 1, "newsletter/2030"),
        (("note", STORY), 2, "--subject"),
        (("note", STORY, "--subject", "x", "--given-by", "obec"), 2, "obec"),
        (("note", STORY, "--subject", "x", "--until", "zítra"), 2, "--until"),
    ],
)
def test_what_cannot_be_noted(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    found, said = run(capsys, "consent", *arguments, *NOW)
    assert found == code
    assert says in said
