"""`archive export` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.test_list_commands import folder, run

__all__ = ["folder"]


def test_it_says_what_it_did_and_takes_a_web_address(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, refused = run(capsys, "archive", "export", "kopie", "--address", "ftp://www.example.org")
    assert code == 1 and "ftp://" in refused and not (folder / "kopie").exists()
    for written, kept in ((5, 0), (0, 5)):
        code, out, _ = run(capsys, "archive", "export", "kopie", "--address", "https://www.example.org/sdeleni/")
        assert code == 0 and f"zapsané soubory: {written}, beze změny: {kept}, odstraněné: 0." in out
    feed = json.loads((folder / "kopie/archiv/feed.json").read_bytes())
    assert feed["home_page_url"] == "https://www.example.org/sdeleni/archiv"


def test_no_time_can_be_chosen_for_a_copy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of a later day would give away what is under embargo."""
    code, _, _ = run(capsys, "archive", "export", "kopie", "--now", "2030-01-01")
    assert code == 2 and not (folder / "kopie").exists()
