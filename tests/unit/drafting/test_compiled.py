"""Compiled templates are kept between drafts, and an edit of their files shows in the next draft all the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from jinja2 import Environment

from worker.drafting.make import DEFAULT_TEMPLATES
from worker.drafting.templating import Templates
from worker.kinds import all_kinds
from worker.template_folder import TemplateFolder

KIND = all_kinds()["facebook-text"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_TEMPLATES.shipped, tmp_path / "templates"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(before + 1_000_000_000, before + 1_000_000_000))


def _subject(folder: Path, variant: str | None = None) -> str:
    return Templates(TemplateFolder(folder), KIND, variant).subject({}, {}).strip()


def test_an_edited_file_is_read_again(folder: Path) -> None:
    file = folder / KIND.templates / "subject.txt"
    _write(file, "první")
    assert _subject(folder) == "první"
    _write(file, "druhý")
    assert _subject(folder) == "druhý"


def test_a_file_that_joins_a_variant_later_is_taken(folder: Path) -> None:
    _write(folder / KIND.templates / "subject.txt", "obvyklý")
    own = folder / f"{KIND.templates}.krize"
    own.mkdir()
    assert _subject(folder, "krize") == "obvyklý"
    _write(own / "subject.txt", "krizový")
    assert _subject(folder, "krize") == "krizový"
    (own / "subject.txt").unlink()
    assert _subject(folder, "krize") == "obvyklý"


def test_what_kinds_share_is_compiled_once_till_its_edit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str | None] = []

    def compile(self: Environment, source: str, name: str | None = None, *rest: object, **more: object) -> object:
        compiled.append(name)
        return usual(self, source, name, *rest, **more)  # type: ignore[call-overload]

    usual = Environment.compile
    monkeypatch.setattr(Environment, "compile", compile)
    shared = folder / "shared.txt"
    _write(shared, "společné")
    for kind in ("facebook-text", "news-item"):
        _write(folder / all_kinds()[kind].templates / "subject.txt", "{% include 'shared.txt' %}")
    both = [Templates(TemplateFolder(folder), all_kinds()[kind]) for kind in ("facebook-text", "news-item")]
    assert [each.subject({}, {}) for each in both] == ["společné"] * 2
    assert compiled.count("shared.txt") == 1
    _write(shared, "jiné")
    assert [each.subject({}, {}) for each in both] == ["jiné"] * 2
