"""The office's own templates: they stand before the shipped ones, are taken up at once, and are proved by `check`."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.drafting.sample import CONFIG, ROOT, organisation, people, plan
from worker.cli.main import main
from worker.drafting.left_over import left_over
from worker.drafting.proof import ProofOffice, template_faults
from worker.drafting.template_files import templates_digest
from worker.drafting.templating import Templates
from worker.drafting.variants import variants
from worker.kinds import all_kinds
from worker.office import TEMPLATES
from worker.template_folder import TemplateFolder

KIND = all_kinds()["press-release"]
NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The office's folder of templates, still empty."""
    folder = tmp_path / "config" / "templates"
    folder.mkdir(parents=True)
    return folder


def write(own: Path, name: str, text: str) -> None:
    file = own / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def proved(own: Path) -> list[tuple[str, int]]:
    """Where the proof finds faults."""
    office = ProofOffice(organisation(), people()["koordinator"], CONFIG, TemplateFolder(TEMPLATES, own))
    return [(fault.file.removeprefix(f"{own}/"), fault.line) for fault in template_faults(office, plan(), NOW)]


def subject(own: Path, variant: str | None = None) -> str:
    folder = TemplateFolder(TEMPLATES, own)
    return Templates(folder, KIND, variant).subject({"headline": "Setkání", "embargo": ""}, {}).strip()


def test_an_own_file_stands_before_the_shipped_one_at_once_and_for_as_long_as_it_is_there(own: Path) -> None:
    digests = [templates_digest(TemplateFolder(TEMPLATES, own), KIND, None)]
    usual = subject(own)
    for text in ("Z kraje: {{ fields.headline }}", "Kraj: {{ fields.headline }}"):
        write(own, "email/press-release/subject.txt", text)
        assert subject(own) == text.replace("{{ fields.headline }}", "Setkání")
        digests.append(templates_digest(TemplateFolder(TEMPLATES, own), KIND, None))
    (own / "email/press-release/subject.txt").unlink()
    assert subject(own) == usual
    assert len(set(digests)) == 3
    assert templates_digest(TemplateFolder(TEMPLATES, own), KIND, None) == digests[0]


def test_what_others_include_and_a_variant_may_be_the_offices_own(own: Path) -> None:
    before = templates_digest(TemplateFolder(TEMPLATES, own), KIND, None)
    write(own, "email/base.html", "")
    assert templates_digest(TemplateFolder(TEMPLATES, own), KIND, None) != before
    write(own, "email/press-release.povodne/subject.txt", "Povodně: {{ fields.headline }}")
    assert variants(TemplateFolder(TEMPLATES, own))["povodne"] == {"press-release"}
    assert subject(own, "povodne") == "Povodně: Setkání"


def test_every_fault_is_told_with_file_and_line_also_when_it_shows_only_with_nothing_to_tell(own: Path) -> None:
    write(own, "email/press-release/subject.txt", "Zpráva\n{{ fields.titulek }}\n")
    write(own, "email/press-release/body.txt", "{% for a in %}\n")
    write(own, "email/newsletter/fields/intro.md", "Dobrý den\n\n{{ sources.measures.total / 0 }}\n")
    write(own, "email/correction/subject.txt", "{{ nic }}")
    write(own, "email/press-release/document.md", "\n{{ fields.nic }}")
    write(own, "facebook/facebook-text/fields/text.txt", "{% if activity.id == 'newsletter' %}{{ nic }}{% endif %}\n")
    write(own, "written/magazine-items/fields/calendar.md", "\n{{ sources.calendar['items'][0].title }}")
    assert proved(own) == [
        ("email/correction/subject.txt", 1),
        ("email/newsletter/fields/intro.md", 3),
        ("email/press-release/body.txt", 1),
        ("email/press-release/document.md", 2),
        ("email/press-release/subject.txt", 2),
        ("facebook/facebook-text/fields/text.txt", 1),
        ("written/magazine-items/fields/calendar.md", 2),
    ]


def test_the_shipped_templates_prove_sound_for_every_row_and_variant(own: Path) -> None:
    write(own, "funder.txt", (TEMPLATES / "funder.txt").read_text(encoding="utf-8"))
    assert proved(own) == []


def test_files_that_nothing_would_use_are_told(own: Path) -> None:
    for name in ("email/base.html", "email/press-release/words.txt", "email/press-release/part.txt", "funder.txt"):
        write(own, name, "")
    write(own, "email/press-release.povodne/subject.txt", "")
    write(own, "email/press-release/.subject.txt.swp", "")
    folder = TemplateFolder(TEMPLATES, own)
    assert list(left_over(folder)) == []
    write(own, "email/press-relase/subject.txt", "")
    write(own, "email/press-release/fields/perx.txt", "")
    write(own, "web/approval.html", "")
    said = list(left_over(folder))
    assert len(said) == 3
    assert "templates/email/press-release/subject.txt?" in said[0]
    assert "templates/email/press-release/fields/perex.txt?" in said[1]
    assert "templates/web/approval.html žádné sdělení nepoužije" in said[2]


def test_check_points_to_template_line_and_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "config/templates", "email/press-release/subject.txt", "Zpráva\n{{ organisation.nazev }}\n")
    for name in ("PLAN", "CONFIG"):
        monkeypatch.delenv(f"HLASATEL_{name}", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["check", "--now", "2026-11-21T12:00"])
    said = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert said[0].startswith("config/templates/email/press-release/subject.txt:2:1: Hodnotu „nazev“")
    assert len(said) == 2
