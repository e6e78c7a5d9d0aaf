"""Wrong usage is told in the coordinator's language, with what was probably meant, and exits 2."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from worker.cli.main import main


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command opens before it sees what is amiss."""
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("consent note", "Chybí OCCURRENCE; doplňte ho prosím."),
        ("timetable --frm 2026", "Volbu --frm tento příkaz nezná. Mysleli jste „--from“?"),
        ("timetable --nonsense", "Volbu --nonsense tento příkaz nezná."),
        ("timetable --from", "Volba --from je použitá jinak"),
        ("timetable --format csv", "--format nemůže být „csv“, jen jedno z: table, json, ics, svg, xlsx."),
        ("timetable --from soon", "--from: Čas „soon“ neumím přečíst."),
        ("consent withdraw one", "NUMBER tuto hodnotu mít nemůže"),
        ("stauts", "Příkaz „stauts“ neexistuje. Mysleli jste „status“?"),
        ("consent nte", "Příkaz „nte“ neexistuje. Mysleli jste „note“?"),
        ("why tiskova-zprava/2026-12 navic", "Tady je navíc: navic."),
        ("why tiskova-zprava/2026-12 navic jeste", "Tady je navíc: navic jeste."),
    ],
)
def test_it_is_a_sentence_with_what_to_do_next(arguments: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    told = capsys.readouterr()
    assert end.value.code == 2 and told.out == ""
    first, help_line = told.err.splitlines()
    assert first.startswith(says)
    assert help_line.startswith("Jak se příkaz používá, vypíše: hlasatel") and help_line.endswith(" -h")


def test_help_and_what_is_right_end_with_nothing_amiss(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["--version"], []):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert not end.value.code and capsys.readouterr().out


def test_an_output_that_does_not_fit_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 - closing it would try once more
    monkeypatch.setattr("sys.stdout", full)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().err.count("Uvolněte místo")) == (1, 1)
    with pytest.raises(OSError, match="No space"):
        full.close()


def test_a_database_that_takes_nothing_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HLASATEL_DATABASE_URL", f"sqlite:///{tmp_path / 'hlasatel.db'}")
    main_until_it_ends("keys")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))  # whoever writes more is refused, as by a full disk
    try:
        assert main_until_it_ends("articles", "add", "https://a.example.org", "--title=A", "--publisher=other") == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Databáze nic nepřijímá (" in capsys.readouterr().err


def main_until_it_ends(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code
