"""The gallery shows every kind whole, from the shipped plan, with its files beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fixtures.office import PROJECT
from worker.cli.main import main
from worker.kinds import all_kinds
from worker.messages import say


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `hlasatel kinds` wrote."""
    folder = tmp_path_factory.mktemp("gallery")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("HLASATEL_DATA", str(folder / "data"))
        with pytest.raises(SystemExit) as ended:
            main(["kinds", "--out", str(folder / "out"), "--now", "2026-11-21T12:00"])
    assert ended.value.code in (0, None)
    return folder / "out"


def test_every_kind_is_there_whole(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<section aria-labelledby="([\w-]+)">', page)) == set(all_kinds())
    assert 'class="error"' not in page
    for kind in all_kinds().values():
        assert f">{say(kind.label_key, 'cs')}</h2>" in page
        text = (gallery / kind.id / "text.txt").read_text(encoding="utf-8")
        assert text.strip() and "@@" not in text
        assert (gallery / kind.id / "mail.html").is_file() == kind.has_html


def test_what_it_leads_to_is_there(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    leads = re.findall(r'(?:href|src)="([^"#:]+)"', page)
    assert [each for each in leads if not (gallery / each).is_file()] == []
    assert "press-release/tiskova-zprava-2026-12.docx" in leads
    calendar = next((gallery / "invitation").glob("*.ics")).read_text(encoding="utf-8")
    assert "DTSTART;TZID=Europe/Prague:20261210T160000" in calendar


def test_what_only_a_person_writes_is_named(gallery: Path) -> None:
    page = (gallery / "index.html").read_text(encoding="utf-8")
    part = page.split('<section aria-labelledby="survey-call">')[1].split("</section>")[0]
    labels = re.search(rf"{say('gallery.sampled', 'cs')}</dt><dd>([^<]*)", part)
    assert labels is not None
    assert labels[1].startswith("Titulek, Na co se ptáme a proč, Odkaz na dotazník")


def test_a_kind_that_cannot_be_drafted_is_told_and_the_others_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HLASATEL_CONFIG", str(spoilt_config(tmp_path)))
    with pytest.raises(SystemExit):
        main(["kinds", "--out", str(tmp_path / "out"), "--now", "2026-11-21T12:00"])
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.count('<p class="error">') == 1
    assert "email/survey-call/subject.txt" in page
    assert "z toho bez ukázky 1." in capsys.readouterr().out


def spoilt_config(folder: Path) -> Path:
    """The shipped configuration with a template of the office's own that asks for a value nobody has."""
    config = folder / "config"
    for file in (PROJECT / "config").iterdir():
        if file.is_file():
            config.mkdir(exist_ok=True)
            (config / file.name).write_bytes(file.read_bytes())
    own = config / "templates" / "email" / "survey-call"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("{{ fields.nothing }}", encoding="utf-8")
    return config
