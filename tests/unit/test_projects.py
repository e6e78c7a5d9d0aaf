"""Projects whose funder wants to be named: what may be written, and the fault for everything else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fixtures.office import PROJECT
from worker.errors import InvalidFiles
from worker.planning.on_file import read_on_file
from worker.settings import check_config_folder, known_projects, load_projects

ONE = (
    "kpss:\n  name: Komunitní plánování\n  number: CZ.03.2.63/0.0/0.0/16_063/0006526\n  sentence: Spolufinancuje EU.\n"
)


def written(folder: Path, text: str) -> Path:
    (folder / "projects.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_project_has_its_name_number_and_sentence(tmp_path: Path) -> None:
    found = load_projects(written(tmp_path, ONE))["kpss"]
    assert (found.name, found.number, found.sentence) == (
        "Komunitní plánování",
        "CZ.03.2.63/0.0/0.0/16_063/0006526",
        "Spolufinancuje EU.",
    )
    assert known_projects(tmp_path) == frozenset({"kpss"})


@pytest.mark.parametrize("text", [None, "", "# nic\n"])
def test_there_may_be_no_projects(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        written(tmp_path, text)
    assert load_projects(tmp_path) == {}
    assert known_projects(tmp_path) == frozenset()


@pytest.mark.parametrize(
    ("right", "wrong", "place", "says"),
    [
        ("  sentence: Spolufinancuje EU.\n", "", "2:3", "chybí „sentence“"),
        ("  number:", "  nuber:", "3:3", "Mysleli jste „number“?"),
        ("kpss:", "Projekt KPSS:", "1:1", "Projekt KPSS"),
    ],
)
def test_a_fault_has_its_place_and_is_among_those_of_the_folder(
    tmp_path: Path, right: str, wrong: str, place: str, says: str
) -> None:
    written(tmp_path, ONE.replace(right, wrong))
    with pytest.raises(InvalidFiles) as refused:
        load_projects(tmp_path)
    assert any(str(fault).endswith(f"projects.yaml:{place}: {fault.message}") for fault in refused.value.faults)
    assert any(says in fault.message for fault in refused.value.faults)
    assert set(refused.value.faults) <= set(check_config_folder(tmp_path))


def test_a_file_that_cannot_be_read_lets_any_project_be_named(tmp_path: Path) -> None:
    """Its own fault is enough: nobody can say what is missing from it."""
    assert known_projects(written(tmp_path, "a: [\n")) is None


def test_the_shipped_projects_are_those_of_the_documents() -> None:
    assert load_projects(PROJECT / "config") == {}
    [found] = load_projects(PROJECT / "examples/strakonice/config").values()
    assert found.number == "CZ.03.2.63/0.0/0.0/16_063/0006526"
    assert (
        found.number
        in read_on_file(
            PROJECT / "examples/strakonice/schedules.yaml", PROJECT / "examples/strakonice/config"
        ).plan.title
    )


def test_check_names_the_project_that_was_meant(tmp_path: Path) -> None:
    source = PROJECT / "examples/strakonice"
    shutil.copytree(source / "config", tmp_path / "config")
    text = (source / "schedules.yaml").read_text(encoding="utf-8")
    plan = tmp_path / "schedules.yaml"
    plan.write_text(text.replace("project: komunitni-planovani", "project: komunitni-planovny", 1), encoding="utf-8")
    with pytest.raises(InvalidFiles) as refused:
        read_on_file(plan, tmp_path / "config")
    [fault] = refused.value.faults
    assert "Mysleli jste „komunitni-planovani“?" in fault.message
