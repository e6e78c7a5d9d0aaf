"""What is in the repository must be true on every machine: no path of somebody's own, no address of a registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
_OWN_PATH = re.compile(r"(?<![\w.:/-])/(?:root|home|work|Users|tmp/\w)/?[\w.-]*")
_REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|(?:deb|security)\.debian\.org|proxy\.golang|--(?:extra-)?index-url"
    r"|--find-links\b",
    re.IGNORECASE,
)
_THIS = Path(__file__).relative_to(PROJECT)
_NO_NAME_TELLS_NOTHING = {"utils", "helpers", "common", "misc"}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (PROJECT / name).is_file()]


def _lines(path: Path) -> list[str]:
    """The file's lines; none for a file that is not text."""
    try:
        return (PROJECT / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in _tracked()
        if path != _THIS
        for number, line in enumerate(_lines(path), 1)
        if _OWN_PATH.search(line) or _REGISTRY.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("data in /" + "home/jana/hlasatel", True),
        ("'/" + "root/.venv'", True),
        ("pip install --index-url x", True),
        ("https://files.python" + "hosted.org/x", True),
        ("https://www.example.org/work/archive", False),
        ("/usr/bin/chromium", False),
        ("/opt/hlasatel/bin", False),
    ],
)
def test_the_patterns_catch_what_they_should(line: str, bad: bool) -> None:
    assert bool(_OWN_PATH.search(line) or _REGISTRY.search(line)) is bad


def test_no_module_is_named_for_everything_and_nothing() -> None:
    assert [str(path) for path in _tracked() if path.suffix == ".py" and path.stem in _NO_NAME_TELLS_NOTHING] == []


def test_every_file_ends_with_one_newline_and_has_unix_line_ends() -> None:
    """Save the inputs of tests, which may be wrong on purpose."""
    wrong = []
    for path in _tracked():
        content = (PROJECT / path).read_bytes()
        if path.parts[:2] == ("tests", "data") or not content or b"\0" in content:
            continue
        if b"\r\n" in content or not content.endswith(b"\n") or content.endswith(b"\n\n"):
            wrong.append(str(path))
    assert wrong == []
