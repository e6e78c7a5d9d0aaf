"""The ways into the project agree: CI runs what a person runs, the locks fit together, the image has what it needs."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def _text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def _pins(name: str) -> dict[str, str]:
    return dict(_PIN.findall(_text(f"requirements/{name}.txt")))


def test_ci_runs_the_tests_as_a_person_does() -> None:
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)
    assert _text(".ci/run").splitlines()[-1] == "exec make test"


def test_make_alone_explains_every_target() -> None:
    help_text = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    phony = re.findall(r"^\.PHONY: (\S+)$", _text("Makefile"), re.MULTILINE)
    assert {"setup", "demo", "demo-auto", "test", "lint", "lock", "clean"} <= set(phony)
    assert [target for target in phony if f"make {target} " not in help_text] == []


def test_what_one_target_leaves_out_the_other_runs() -> None:
    runs = {
        target: subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        for target in ("test", "test-faults")
    }
    assert '-m "not long"' in runs["test"] and "Left to make test-faults" in runs["test"]
    assert "-m long" in runs["test-faults"]


def test_one_environment_holds_both_locks_whichever_is_installed_first() -> None:
    run, dev = _pins("run"), _pins("dev")
    assert run.items() <= dev.items()


def test_every_pin_has_hashes() -> None:
    for name in ("build", "run", "dev"):
        entries = re.split(r"^(?=[a-z0-9])", _text(f"requirements/{name}.txt"), flags=re.MULTILINE)[1:]
        assert entries
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    for lock, requirements in (("run", project["dependencies"]), ("dev", project["optional-dependencies"]["dev"])):
        names = [re.split(r"[\[<>=~!; ]", requirement)[0].replace(".", "-") for requirement in requirements]
        assert [name for name in names if name not in _pins(lock)] == []


def test_the_image_holds_what_hlasatel_reads_and_runs_it_as_nobody_special() -> None:
    dockerfile, ignored = _text("Dockerfile"), _text(".dockerignore")
    lines = re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
    copied = {source for line in lines for source in line.split()[:-1]}
    assert {"worker", "templates", "config", "schedules.yaml", "requirements/run.txt"} <= copied
    allowed = {line.removeprefix("!") for line in ignored.splitlines() if line.startswith("!")}
    assert {source.split("/")[0] for source in copied} == allowed
    assert [source for source in copied if not (PROJECT / source).exists()] == []
    last_user = re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)[-1]
    assert last_user not in {"root", "0"}
    assert "/readyz" in dockerfile
