"""What README and docs name must be there: every command with its options, every make target, every linked file."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from typer.main import get_command

from worker.cli.main import COMMANDS

PROJECT = Path(__file__).parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_COMMAND = re.compile(r"(?:^|[\s/])hlasatel (?=[a-z])(.+)$", re.MULTILINE)
_TARGET = re.compile(r"(?:^|\s)make (?:[A-Z]+=\S+ )*([a-z][a-z-]*)", re.MULTILINE)
_SOURCE = re.compile(r'\bsrc="([^"]+)"')
_ACCOUNT = re.compile(r"\s{2,}\S.*$", re.MULTILINE)
"""What a line of a code block says of its command, after two spaces or more."""


@pytest.fixture(params=DOCUMENTS, ids=[str(path.relative_to(PROJECT)) for path in DOCUMENTS])
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def _tokens(text: str) -> Iterator[Any]:
    for token in _MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def _code(text: str) -> Iterator[str]:
    """The code blocks and the code in sentences, without the accounts beside commands."""
    for token in _tokens(text):
        if token.type in ("fence", "code_block", "code_inline"):
            yield _ACCOUNT.sub("", token.content)


def _links(text: str) -> Iterator[str]:
    """The targets of links and pictures, those of plain HTML too."""
    for token in _tokens(text):
        for name in ("href", "src"):
            if target := (token.attrs or {}).get(name):
                yield str(target)
        if token.type in ("html_block", "html_inline"):
            yield from _SOURCE.findall(token.content)


def _wrong(words: list[str]) -> str:
    """What is wrong with `hlasatel <words>`: a name or an option that is not there; empty when nothing is."""
    if words[0] not in COMMANDS:
        return f"no command '{words[0]}'"
    command: Any = get_command(importlib.import_module(f"worker.cli.{words[0]}").app)
    rest = words[1:]
    if hasattr(command, "commands") and rest:
        if rest[0] not in command.commands:
            return f"no command '{words[0]} {rest[0]}'"
        command, rest = command.commands[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    unknown = [word for word in rest if word.startswith("-") and word not in known]
    return f"no option {unknown[0]} of '{' '.join(words)}'" if unknown else ""


def test_every_command_exists(document: Path) -> None:
    found = [
        wrong
        for code in _code(document.read_text(encoding="utf-8"))
        for arguments in _COMMAND.findall(code)
        if (wrong := _wrong(shlex.split(arguments)))
    ]
    assert found == []


def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for code in _code(document.read_text(encoding="utf-8")) for name in _TARGET.findall(code)}
    assert named - targets == set()


def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    inside = [link for link in _links(document.read_text(encoding="utf-8")) if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (document.parent / link.partition("#")[0]).exists()] == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (path.parent / link).resolve()
        for path in DOCUMENTS
        for link in _links(path.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", link)
    }
    pictures = list((PROJECT / "docs" / "images").iterdir())
    assert [picture.name for picture in pictures if picture.resolve() not in shown] == []
    assert [picture.name for picture in pictures if picture.stat().st_size > 150_000] == []


def test_every_decision_is_listed_and_numbered_in_turn() -> None:
    folder = PROJECT / "docs" / "adr"
    decisions = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    assert sorted(set(_links((folder / "README.md").read_text(encoding="utf-8")))) == decisions


def test_every_runtime_library_has_its_reason() -> None:
    named = re.findall(r'^    "([a-z0-9.-]+)', _dependencies(), re.MULTILINE)
    reasons = (PROJECT / "docs" / "adr" / "0005-libraries.md").read_text(encoding="utf-8")
    assert named, "pyproject.toml names its dependencies one per line"
    assert [name for name in named if name not in reasons] == []


def _dependencies() -> str:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    return text.partition("\ndependencies = [\n")[2].partition("\n]")[0]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ("status --format json", ""),
        ("recipients import media file.csv", ""),
        ("publish everything", "no command 'publish'"),
        ("recipients sell media", "no command 'recipients sell'"),
        ("tick --later", "no option --later of 'tick --later'"),
    ],
)
def test_what_is_not_there_is_seen(arguments: str, wrong: str) -> None:
    assert _wrong(shlex.split(arguments)) == wrong
