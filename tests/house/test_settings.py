"""Every setting of the environment has its line in the documentation, and the documentation invents none."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_SETTING = re.compile(r"\bHLASATEL_[A-Z][A-Z_]*[A-Z]\b")
# Read by tools/system-parts, for the tests alone.
_OF_THE_TOOLS = {"HLASATEL_INSTALL"}


def _named_in(paths: list[Path]) -> set[str]:
    """Names without the `_FILE` that every setting may carry."""
    return {
        name.removesuffix("_FILE") for path in paths for name in _SETTING.findall(path.read_text(encoding="utf-8"))
    } - _OF_THE_TOOLS


def test_every_setting_has_its_line_in_the_docs_and_every_line_its_setting() -> None:
    in_code = _named_in(list((PROJECT / "worker").rglob("*.py")))
    in_docs = _named_in([*(PROJECT / "docs").rglob("*.md"), PROJECT / "README.md"])
    assert in_code, "the settings are read somewhere under worker/"
    assert in_code - in_docs == set(), "read by the code and written down nowhere in docs/ or README.md"
    assert in_docs - in_code == set(), "written down and read by nothing"
