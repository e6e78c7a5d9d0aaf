"""The bad-input lists of everything, as one table: each row gets what it says, within memory and time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_input.entries import ENTRIES
from tests.bad_input.rows import ROWS, Row

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results() -> dict[tuple[str, str], str]:
    """What came of every row, in a process of its own that may take no more than it is given."""
    command = [sys.executable, "-m", "tests.bad_input.under_limits"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Traceback" not in run.stderr
    lines = [json.loads(line)["said"] for line in run.stdout.splitlines()]
    return {(row.entry, row.name): said for row, said in zip(ROWS, lines, strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.entry}: {row.name[:40]}" for row in ROWS])
def test_it_is_told_as_it_should(results: dict[tuple[str, str], str], row: Row) -> None:
    said = results[row.entry, row.name]
    assert re.match(row.expected, said, re.DOTALL), said
    if said.startswith("refused") and row.entry not in ("relay", "template"):
        assert said.rstrip().endswith((".", "…")) or " | " in said, "no sentence"


def test_every_entry_point_has_its_rows() -> None:
    assert {row.entry for row in ROWS} == set(ENTRIES)
    assert len({(row.entry, row.name) for row in ROWS}) == len(ROWS)
