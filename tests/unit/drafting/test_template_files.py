"""The digest of the templates: another one after any change that may show, the same one otherwise."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from pathlib import Path

import pytest

from worker.drafting.make import DEFAULT_TEMPLATES
from worker.drafting.template_files import templates_digest
from worker.kinds import all_kinds
from worker.template_folder import TemplateFolder

KIND = all_kinds()["press-release"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_TEMPLATES.shipped, tmp_path / "templates"))


def _add(file: Path, text: str) -> None:
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text((file.read_text(encoding="utf-8") if file.exists() else "") + text, encoding="utf-8")
    os.utime(file, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_it_is_the_same_wherever_and_whenever_the_files_were_written(folder: Path) -> None:
    before = templates_digest(TemplateFolder(folder), KIND, None)
    _add(folder / KIND.templates / "subject.txt", "")
    assert (
        templates_digest(TemplateFolder(folder), KIND, None)
        == before
        == templates_digest(DEFAULT_TEMPLATES, KIND, None)
    )


@pytest.mark.parametrize(
    "name",
    [
        "email/press-release/subject.txt",
        "email/press-release/body.html",
        "email/press-release/fields/perex.txt",
        "email/press-release/words.txt",
        "email/base.html",
        "email/press-release/document.md",
        "documents/letterhead.html",
        "email/press-release/fields/new.txt",
    ],
)
def test_a_file_of_the_kind_or_one_it_takes_in_makes_another(folder: Path, name: str) -> None:
    before = templates_digest(TemplateFolder(folder), KIND, None)
    _add(folder / name, "x")
    assert templates_digest(TemplateFolder(folder), KIND, None) != before


def test_what_it_does_not_use_makes_none(folder: Path) -> None:
    before = templates_digest(TemplateFolder(folder), KIND, None)
    _add(folder / "email" / "newsletter" / "subject.txt", "x")
    _add(folder / f"{KIND.templates}.krizove-sdeleni" / "words.txt", "x")
    assert templates_digest(TemplateFolder(folder), KIND, None) == before


def test_a_variant_has_a_digest_of_its_own_and_broken_files_stop_nothing(folder: Path) -> None:
    usual, varied = (templates_digest(TemplateFolder(folder), KIND, each) for each in (None, "krizove-sdeleni"))
    assert usual != varied
    _add(folder / f"{KIND.templates}.krizove-sdeleni" / "words.txt", "{% if %}")
    assert templates_digest(TemplateFolder(folder), KIND, "krizove-sdeleni") != varied
    (folder / KIND.templates / "body.html").write_bytes(b"\xff\xfe")
    assert templates_digest(TemplateFolder(folder), KIND, None) != usual
    shutil.rmtree(folder / f"{KIND.templates}.krizove-sdeleni")
    assert templates_digest(TemplateFolder(folder), KIND, "krizove-sdeleni") not in (usual, varied)


def test_what_is_no_file_keeps_nobody_waiting_and_breaks_nothing(folder: Path, tmp_path: Path) -> None:
    before = templates_digest(TemplateFolder(folder), KIND, None)
    own = tmp_path / "own"
    (own / "inside").mkdir(parents=True)
    (own / KIND.templates).mkdir(parents=True)
    os.mkfifo(own / KIND.templates / "body.html")
    (own / KIND.templates / "words.txt").symlink_to(own / "inside")
    (own / KIND.templates / "subject.txt").symlink_to(folder.parent)
    assert templates_digest(TemplateFolder(folder, own), KIND, None) != before, "nothing stands for the shipped ones"


def test_a_file_is_not_taken_into_memory_as_a_whole(folder: Path) -> None:
    with (folder / KIND.templates / "leftover.txt").open("wb") as file:
        file.truncate(60_000_000)
    tracemalloc.start()
    templates_digest(TemplateFolder(folder), KIND, None)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000
