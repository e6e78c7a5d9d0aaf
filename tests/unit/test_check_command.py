"""`hlasatel check`: every real fault once, and a sound plan said back in names."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from worker.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration, as the current folder."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    for name in ("PLAN", "CONFIG"):
        monkeypatch.delenv(f"HLASATEL_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    with pytest.raises(SystemExit) as ended:
        main(["check", "--now", "2026-11-21T12:00", *arguments])
    return int(str(ended.value.code or 0)), capsys.readouterr().out


def spoil(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def test_a_sound_plan_is_said_back_in_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(capsys)
    assert code == 0
    assert (
        "Připraví se: Tisková zpráva (press-release), Text na Facebook (facebook-text). "
        "Schvaluje: Tisková mluvčí (tiskovy-mluvci). Rozesílá se na: Média (media)."
    ) in said
    assert "dostane ho Redakce magazínu KRAJ (redakce-magazinu)" in said


@pytest.mark.parametrize("wrong", ["  nmae: x\n  name:", "\tname:"])
@pytest.mark.parametrize("file", ["people.yaml", "lists.yaml"])
def test_a_fault_of_the_configuration_is_told_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, wrong: str
) -> None:
    spoil(folder / "config" / file, "  name:", wrong)
    code, said = check(capsys)
    assert code == 1
    assert len(said.splitlines()) == 2, said
    assert said.startswith(f"config/{file}:")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("channel: handoff", "channel: handof", "Mysleli jste „handoff“?"),
        ("takes: [news-item", "takes: [news-itm", "Mysleli jste „news-item“?"),
        ("days: 2", "days: dva", "„days“ má být celé číslo"),
    ],
)
def test_what_no_channel_can_use_is_found_before_anything_is_started(
    folder: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, told: str
) -> None:
    spoil(folder / "config" / "channels.yaml", right, wrong)
    code, said = check(capsys)
    assert code == 1 and said.startswith("config/channels.yaml:") and told in said and len(said.splitlines()) == 2


@pytest.mark.parametrize("file", ["people.yaml", "lists.yaml"])
def test_a_missing_file_is_one_fault(folder: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    (folder / "config" / file).unlink()
    _, said = check(capsys)
    assert len(said.splitlines()) == 2, said


def test_a_doubt_about_the_mailbox_or_an_emblem_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "config" / "settings.toml").open("a", encoding="utf-8") as file:
        file.write('\n[inbox]\nmaildir = "/nikde/posta"\naddress = "odpovedi@liberecky-kraj.example.org"\n')
    project = "kpss:\n  name: Projekt\n  number: 1/2026\n  sentence: Spolufinancuje EU.\n"
    (folder / "config" / "projects.yaml").write_text(project, encoding="utf-8")
    code, said = check(capsys)
    assert code == 0
    assert "V settings.toml pod [inbox] je „maildir“: /nikde/posta" in said
    assert "config/templates/pictures/emblem-kpss.png" in said


def test_a_row_that_an_indicator_counts_in_vain_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder / "config" / "indicators.yaml", "[verejne-setkani]", "[verejna-setkani]")
    code, said = check(capsys)
    assert code == 0
    assert "Indikátor XIII/4" in said
    assert "„verejna-setkani“, ale plán ho nemá" in said
    assert "Mysleli jste „verejne-setkani“?" in said


def test_an_id_that_is_none_is_told_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder / "config" / "people.yaml", "tiskovy-mluvci:\n", "Tiskový mluvčí:\n")
    _, said = check(capsys)
    assert len(said.splitlines()) == 2, said


def test_a_faulty_person_hides_no_other_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder / "config" / "people.yaml", "  email: mluvci@", "  email: mluvci")
    spoil(folder / "config" / "settings.toml", 'coordinator = "koordinator"', 'coordinator = "kordinator"')
    spoil(folder / "schedules.yaml", "approvers: [tiskovy-mluvci]", "approvers: [tiskovy-mluvi]")
    code, said = check(capsys, "--format", "json")
    faults = [(fault["file"], fault["message"]) for fault in json.loads(said)["faults"]]
    assert code == 1
    assert [file for file, _ in faults] == ["config/people.yaml", "config/settings.toml", "schedules.yaml"]
    assert "„koordinator“" in faults[1][1]
    assert "„tiskovy-mluvci“" in faults[2][1]


def test_a_number_out_of_range_is_told_its_range(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = folder / "config" / "settings.toml"
    spoil(settings, "give_up_after_days = 5", "give_up_after_days = 500")
    spoil(settings, "failure_min = 10", "failure_min = 0")
    spoil(settings, "audience_change_share = 0.2", "audience_change_share = 20")
    _, said = check(capsys)
    assert [line.partition(" Napište číslo ")[2] for line in said.splitlines()[:3]] == [
        "od 1 do 30.",
        "1 nebo vyšší.",
        "větší než 0 a nejvýš 1.",
    ]


def test_a_missing_plan_and_a_folder_are_czech_sentences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, said in (("nic.yaml", "neexistuje"), (".", "je to složka")):
        code, told = check(capsys, name)
        assert code == 1
        assert said in told


def test_a_mail_for_no_list_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder / "schedules.yaml", "lists: [media]", "lists: []")
    code, said = check(capsys)
    assert code == 0
    assert "Upozornění: Aktivita „tiskova-zprava“ rozesílá e-mailem, ale nemá žádný seznam adresátů" in said


def test_an_at_least_that_nothing_keeps_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, covered = check(capsys)
    assert (
        "V 2024-H1, 2025-H1, 2026-H1, 2027-H1 nestačí vlastní termíny; slib plní tiskova-zprava-1-pololeti." in covered
    )
    spoil(folder / "schedules.yaml", "    counts_for: tiskova-zprava\n", "")
    code, said = check(capsys)
    assert code == 0
    assert "Nesplněno: v 2024-H1, 2025-H1, 2026-H1, 2027-H1 není dost vlastních termínů" in said
    _, as_json = check(capsys, "--format", "json")
    found = [turn for turn in json.loads(as_json)["floors"] if turn["activity"] == "tiskova-zprava"]
    assert [(turn["period"], turn["verdict"]) for turn in found][4:6] == [("2026-H1", "unmet"), ("2026-H2", "planned")]
    assert found[4]["window"] == {"from": "2026-01-01", "to": "2026-06-30"}


@pytest.mark.parametrize("place", ["liberec-city", "strakonice", "pracovni-skupina"])
def test_a_plan_that_is_over_shows_its_last_dates(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    plan = str(ROOT / "examples" / place / "schedules.yaml")
    code, said = check(capsys, plan)
    assert code == 0, said
    assert "všechny jeho termíny jsou tedy minulé" in said
    assert "nejbližší termíny" not in said
    _, as_json = check(capsys, plan, "--format", "json")
    told = json.loads(as_json)
    assert told["ended"]
    assert all(row["last"] and not row["next"] for row in told["activities"])


def test_an_unknown_form_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--format", "xml")[0] == 2


def test_deputies_whose_days_overlap_and_gestors_of_nothing_are_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = (
        "    - {person: reditel, from: 2026-12-01, to: 2026-12-24, authorisation: {number: KULK 1, date: 2026-11-20}}\n"
    )
    spoil(folder / "config" / "people.yaml", "gestor_of: [OSV]", "gestor_of: [OSW]")
    spoil(folder / "config" / "people.yaml", "tiskovy-mluvci:\n", "tiskovy-mluvci:\n  deputies:\n" + entry * 2)
    code, said = check(capsys)
    assert code == 0
    assert "dny, které se překrývají: 1. 12. 2026 – 24. 12. 2026" in said
    assert "people.yaml, role gestor-osv: „OSW“ neodpovídá za žádné opatření" in said
