"""A variant's files stand in for the kind's own, and a draft keeps to the variant it was made with."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.unit.drafting.sample import PRESS, ROOT, context
from worker.drafting.make import DraftContext, DraftingError, draft, redated, redraft
from worker.drafting.variants import variants
from worker.template_folder import TemplateFolder

USUAL = "email/press-release"
VARIED = "email/press-release.povodne"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The shipped templates, to spoil."""
    return Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def varied(folder: Path, variant: str | None = "povodne", kind: str = "press-release") -> DraftContext:
    of = context(kind, PRESS, templates_dir=TemplateFolder(folder))
    return replace(of, activity=replace(of.activity, template=variant))


def test_a_variant_is_found_with_the_kinds_it_has_files_for(templates: Path) -> None:
    write(templates, f"{VARIED}/subject.txt", "Povodně")
    write(templates, "facebook/facebook-text.povodne/fields/text.txt", "Povodně")
    write(templates, "email/press-release.Velka/subject.txt", "no name")
    write(templates, "email/no-kind.povodne/subject.txt", "no kind")
    write(templates, "email/press-release.soubor", "no folder")
    found = variants(TemplateFolder(templates))
    assert found["povodne"] == {"press-release", "facebook-text"}
    assert found["krizove-sdeleni"] == {"press-release"}
    assert len(found) == 2


def test_only_its_own_files_differ(templates: Path) -> None:
    write(templates, f"{VARIED}/fields/headline.txt", "Povodně: co dělat")
    usual, made = draft("press-release", varied(templates, None)), draft("press-release", varied(templates))
    assert made.fields["headline"] == "Povodně: co dělat"
    assert {**made.fields, "headline": ""} == {**usual.fields, "headline": ""}
    assert made.subject == "Tisková zpráva: Povodně: co dělat"


def test_it_holds_also_for_what_another_file_includes(templates: Path) -> None:
    write(templates, "facebook/facebook-text.povodne/with-press-release.txt", "Povodně v kraji")
    made = draft("facebook-text", varied(templates, kind="facebook-text"))
    assert made.fields["text"] == "Povodně v kraji"


def test_a_redraft_keeps_to_its_variant(templates: Path) -> None:
    write(templates, f"{VARIED}/body.txt", (templates / USUAL / "body.txt").read_text("utf-8") + "Zůstaňte doma.\n")
    made = draft("press-release", varied(templates))
    again = redraft("press-release", made.fields, made.material, TemplateFolder(templates))
    assert again == made
    later = redated(
        "press-release",
        made.fields,
        made.material,
        date(2026, 12, 10),
        edited=False,
        templates_dir=TemplateFolder(templates),
    )
    assert later.text.endswith("Zůstaňte doma.\n")


def test_a_kind_without_it_is_drafted_as_usual_and_stays_so(templates: Path) -> None:
    write(templates, f"{VARIED}/subject.txt", "Povodně: {{ fields.headline }}")
    made = draft("facebook-text", varied(templates, kind="facebook-text"))
    assert made.fields == draft("facebook-text", varied(templates, None, kind="facebook-text")).fields
    write(templates, "facebook/facebook-text.povodne/subject.txt", "Jiný předmět")
    assert redraft("facebook-text", made.fields, made.material, TemplateFolder(templates)) == made


def test_a_variant_that_is_gone_is_a_refusal_not_other_words(templates: Path) -> None:
    write(templates, f"{VARIED}/subject.txt", "Povodně: {{ fields.headline }}")
    made = draft("press-release", varied(templates))
    shutil.rmtree(templates / VARIED)
    with pytest.raises(DraftingError, match=r"email/press-release\.povodne .*„povodne“"):
        redraft("press-release", made.fields, made.material, TemplateFolder(templates))


def test_material_kept_before_there_were_variants_is_drafted_as_usual(templates: Path) -> None:
    made = draft("press-release", varied(templates, None))
    older = {**made.material, "activity": {k: v for k, v in made.material["activity"].items() if k != "template"}}
    assert redraft("press-release", made.fields, older, TemplateFolder(templates)).digest == made.digest


@pytest.mark.parametrize("wrong", ["{{ nic }}", "{% if %}", "{{ [].__class__ }}"])
def test_a_fault_names_the_variants_own_file(templates: Path, wrong: str) -> None:
    write(templates, f"{VARIED}/fields/perex.txt", wrong)
    with pytest.raises(DraftingError, match=r"email/press-release\.povodne/fields/perex\.txt"):
        draft("press-release", varied(templates))


@pytest.mark.parametrize("name", ["../press-release", "x/../../email", "Krize", ""])
def test_no_name_leads_out_of_the_folder(templates: Path, name: str) -> None:
    made = draft("press-release", varied(templates, name))
    assert made.material["activity"]["template"] is None


def test_the_crisis_statement_says_what_it_is_and_nothing_of_measures() -> None:
    made = draft("press-release", varied(ROOT / "templates", "krizove-sdeleni"))
    assert plain(made.subject) == "Tiskové prohlášení: Liberecký kraj k tématu „Implementace strategie“"
    assert "Agentury pro sociální začleňování" in made.fields["body"]
    assert "opatření" not in made.fields["body"] + made.fields["perex"]
    assert made.text.startswith("TISKOVÉ PROHLÁŠENÍ\n")
    assert "Tiskové prohlášení vám posílá" in plain(made.text)
    assert [finding.code for finding in made.findings] == ["left-out-contributions"]
    assert "Tiskové prohlášení" in made.html
    assert made.fields["about"] == draft("press-release", varied(ROOT / "templates", None)).fields["about"]
