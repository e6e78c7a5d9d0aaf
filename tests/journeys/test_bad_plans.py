"""`hlasatel check` as a process of its own, on files made to exhaust it: refused within a second or so and 256 MB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
HEAD = "plan: {title: P, from: 2000-01-01, to: 2049-12-31}\nactivities:\n"
ROW = "  - {{id: a{n}, {times}, activity: A, place: P, in_charge: koordinator}}\n"
MEMORY = 256 * 1024
"""KiB."""
SECONDS = 3
"""Of processor time, on a machine that runs other tests meanwhile; alone it takes about one, most of it to start."""

BOMBS: dict[str, str] = {
    "nested brackets": "a: " + "[ " * 200_000,
    "nested maps": "{a: " * 200_000,
    "an alias bomb": "a0: &a0 x\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 2000)),
    "over 1 MiB": "x " * 600_000,
    "one long text": "a: " + "x " * 500_000,
    "a text of many lines": "a: |\n" + " x\n" * 300_000,
    "empty lines": "\n" * 1_000_000,
    "many entries": "[" + "a, " * 90_000,
    "many tags": "- !x y\n" * 150_000,
    "many repeated keys": "a: 1\n" * 200_000,
    "many secrets": "password=x1\n" * 80_000,
    "many faulty rows": HEAD
    + "".join(ROW.format(n=n, times="when: zaří 2026, periodicity: obden") for n in range(1500)),
    "many turns": HEAD + "".join(ROW.format(n=n, times="periodicity: 7x týdně") for n in range(60)),
    "a long circle": HEAD + "".join(ROW.format(n=n, times=f"anchor: 7 dní po a{(n + 1) % 1500}") for n in range(1500)),
    "a long phrase": HEAD + ROW.format(n=1, times=f"when: {', '.join(['září 2026'] * 180)}, periodicity: {'1x' * 900}"),
}
LIKE_ANOTHER = (pytest.mark.long,)
ALIKE = ("nested maps", "a text of many lines", "empty lines", "many entries", "many repeated keys", "a long circle")
"""Each costs what one of the others costs too."""

LAUNCHER = """
import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, cost = os.wait4(child, 0)
with open("cost", "w") as file:
    print(os.waitstatus_to_exitcode(status), cost.ru_utime + cost.ru_stime, cost.ru_maxrss, file=file)
"""
"""A small program between us and the command: a child is charged with the memory of whoever forked it."""


class Ended(NamedTuple):
    code: int
    said: str
    seconds: float
    kilobytes: int


def check(folder: Path, plan: bytes) -> Ended:
    """What `hlasatel check` said of `plan`, and what it cost."""
    (folder / "schedules.yaml").write_bytes(plan)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")}
    with (folder / "said").open("wb") as said:
        subprocess.run(
            [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "worker.cli.main", "check", "schedules.yaml"],
            cwd=folder,
            env={**environ, "PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=subprocess.STDOUT,
            check=True,
        )
    code, seconds, kilobytes = (folder / "cost").read_text(encoding="ascii").split()
    text = (folder / "said").read_text(encoding="utf-8")
    return Ended(int(code), text, float(seconds), int(kilobytes))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


@pytest.mark.parametrize(
    "plan", [pytest.param(BOMBS[each], id=each, marks=LIKE_ANOTHER * (each in ALIKE)) for each in BOMBS]
)
def test_no_file_costs_more_than_a_moment(folder: Path, plan: str) -> None:
    ended = check(folder, plan.encode())
    assert ended.code == 1
    assert "Traceback" not in ended.said
    assert ended.said.startswith("schedules.yaml:"), ended.said[:300]
    assert ended.seconds < SECONDS
    assert ended.kilobytes < MEMORY


@pytest.mark.parametrize(
    ("rows", "times"), [(30, "periodicity: měsíčně"), pytest.param(1, "periodicity: 7x týdně", marks=LIKE_ANOTHER)]
)
def test_a_large_but_sound_plan_costs_little_more(folder: Path, rows: int, times: str) -> None:
    plan = HEAD + "".join(ROW.format(n=n, times=times) for n in range(rows))
    ended = check(folder, plan.encode())
    assert ended.code == 0, ended.said[:300]
    assert ended.seconds < 2 * SECONDS
    assert ended.kilobytes < MEMORY


def test_the_shipped_plan_is_checked_in_a_moment(folder: Path) -> None:
    ended = check(folder, (ROOT / "schedules.yaml").read_bytes())
    assert ended.code == 0, ended.said[:300]
    assert ended.seconds < SECONDS
    assert ended.kilobytes < MEMORY / 2
