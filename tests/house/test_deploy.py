"""The files in deploy/ are what docs/operations.md says of them: sound units, closed as far as they go, all alike."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tools.operations import first_approval, two_machines, upkeep
from tools.operations.blocks import blocks, with_own_values
from worker.cli.main import COMMANDS

PROJECT = Path(__file__).parents[2]
UNITS = PROJECT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
EXPOSED_AT_MOST = 1.2
_PROGRAM = "/opt/hlasatel/.venv/bin/hlasatel"
_SCORE = re.compile(r"Overall exposure level for \S+: (\d+\.\d)")


def _analyze(*arguments: str) -> str:
    """What systemd-analyze says; it asks no running systemd."""
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: tools/system-parts installs it"
    done = subprocess.run(
        ["systemd-analyze", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    return f"{done.stdout}{done.stderr}"


def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    copies = []
    for unit in sorted(UNITS.iterdir()):
        copy = tmp_path / unit.name.replace("@.", "@1.")
        copy.write_text(unit.read_text("utf-8").replace(_PROGRAM, "/bin/true"), encoding="utf-8")
        copies.append(str(copy))
    assert _analyze("verify", "--man=no", "--recursive-errors=no", *copies) == ""


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_exposed_no_more_than_the_page_says(unit: Path) -> None:
    score = _SCORE.search(_analyze("security", "--offline=true", "--no-pager", str(unit)))
    assert score is not None
    assert float(score[1]) <= EXPOSED_AT_MOST


def test_every_service_is_closed_in_the_same_way() -> None:
    """Apart from the folder that copies go to."""
    protections = {
        re.sub(
            r"^ReadWritePaths=.*\n", "", path.read_text("utf-8").partition("# What it may do:")[2], flags=re.MULTILINE
        )
        for path in SERVICES
    }
    assert len({text.partition("[Install]")[0].strip() for text in protections}) == 1


def test_every_command_of_the_units_is_there() -> None:
    for path in SERVICES:
        for name in re.findall(rf"^ExecStart={_PROGRAM} (\S+)", path.read_text("utf-8"), re.MULTILINE):
            assert name in COMMANDS


def test_every_file_is_told_of() -> None:
    told = "".join(path.read_text("utf-8") for path in (PROJECT / "docs").rglob("*.md"))
    files = [path for path in (PROJECT / "deploy").rglob("*") if path.is_file()]
    assert [path.name for path in files if path.name not in told] == []


@pytest.mark.parametrize("file", sorted((PROJECT / "deploy").glob("compose*.yaml")), ids=lambda path: path.stem)
def test_a_compose_file_starts_our_commands_closed_and_with_settings_that_exist(file: Path) -> None:
    composed = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    settings = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    ours = [service for service in composed["services"].values() if service["image"] == "hlasatel"]
    assert ours
    for service in ours:
        assert service.get("command", ["run"])[0] in COMMANDS
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert [name for name in service["environment"] if f"`{name.removesuffix('_FILE')}`" not in settings] == []
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    for service in composed["services"].values():
        named = {Path(value).name for name, value in service["environment"].items() if name.endswith("_FILE")}
        assert named == set(service["secrets"]) <= set(composed["secrets"])
        volumes = {volume.partition(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert volumes <= set(composed.get("volumes", {}))


def test_the_trials_find_the_commands_that_they_type() -> None:
    values, *steps = blocks(first_approval.SECTION)
    assert with_own_values(values, first_approval.own_values()).count("\n") == 4
    assert len(steps) == 5
    addresses, *steps = blocks(two_machines.SECTION)
    assert with_own_values(addresses, {"ONE": "10.0.0.1", "TWO": "10.0.0.2"}).startswith("ONE=10.0.0.1\n")
    assert len(steps) == 4
    assert len(blocks(upkeep.BACKUP)) == 6
    assert len(blocks(upkeep.VERSION)) == 1
    with pytest.raises(ValueError, match="asks for"):
        with_own_values(addresses, {"ONE": "10.0.0.1"})
