"""Every command that sends tries its message builder first, and refuses to run when a forgery gets through."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEFECT = """
import sys
from worker.cli.main import main
from worker.mime import headers

headers.holds_controls = lambda text: False
main(sys.argv[1:])
"""
"""The defect that the trial is for: nobody looks at control characters any more."""


@pytest.mark.parametrize(
    ("command", "sort"), [("run", "sqlite"), ("tick", "sqlite"), ("clock", "postgres"), ("deliver", "postgres")]
)
def test_nothing_starts_to_send_with_a_builder_that_lets_one_through(
    command: str, sort: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    if sort == "postgres":
        file = tmp_path / "config" / "settings.toml"
        file.write_text(file.read_text("utf-8").replace("\n[delivery]\n", "\n[delivery]\nmachines = true\n"), "utf-8")
    environ = {
        "HLASATEL_DATABASE_URL": request.getfixturevalue(f"{sort}_url"),
        "HLASATEL_SMTP_URL": "smtp://127.0.0.1:9",
        "HLASATEL_BASE_URL": "http://127.0.0.1:9",
        "HLASATEL_SECRET_KEY": "a-key-for-tests-only-0123456789",
    }
    ended = subprocess.run(
        [sys.executable, "-c", DEFECT, command],
        cwd=tmp_path,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "známé pokusy o podvržení hlavičky" in ended.stderr
