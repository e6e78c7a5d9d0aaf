"""The handbook for approvers names the buttons and choices as the pages do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2]
HANDBOOK = (PROJECT / "docs" / "prirucka-schvalovani.md").read_text(encoding="utf-8")


def test_what_it_names_stands_on_the_pages() -> None:
    catalogue = [
        message["cs"]
        for file in sorted((PROJECT / "worker" / "messages").glob("*.toml"))
        for message in tomllib.loads(file.read_text(encoding="utf-8")).values()
    ]
    named = [" ".join(words.split()).rstrip(".") for words in re.findall(r"\*\*(.+?)\*\*", HANDBOOK, re.DOTALL)]
    assert named, "the handbook prints what stands on the pages in bold"
    assert [
        words for words in named if not any(said.casefold().startswith(words.casefold()) for said in catalogue)
    ] == []
