"""What every kind must keep; a new kind is picked up by itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tinyhtml5.parser import HTMLParser

from tests.unit.drafting.sample import NEWSLETTER, PRESS, ROOT, context
from worker.drafting.make import DEFAULT_TEMPLATES, DraftContext, Rendered, draft, freeze, redraft
from worker.drafting.samples import sample_fields
from worker.drafting.templating import Templates
from worker.drafting.variants import variant_folder, variants
from worker.forms import all_forms
from worker.kinds import Kind, all_kinds
from worker.messages import LANGUAGES, say
from worker.office import SHIPPED
from worker.sources import all_sources

VARIANTS = sorted((name, kind) for name, kinds in variants(SHIPPED).items() for kind in kinds)
KINDS = sorted(all_kinds().items())
EMPTY: dict[str, object] = {"sources": {}}
TEMPLATES = ROOT / "templates"


def specimen_context(kind: Kind) -> DraftContext:
    return context(kind.id, NEWSLETTER if kind.id == "newsletter" else PRESS)


def specimen(kind: Kind) -> Rendered:
    """The kind drafted for the plan's December, with its sample words where the templates leave a part to a person."""
    made = draft(kind.id, specimen_context(kind))
    return redraft(kind.id, {**made.fields, **sample_fields(TEMPLATES, kind.id)}, made.material)


@pytest.fixture(params=[kind for _, kind in KINDS], ids=[name for name, _ in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    given: Kind = request.param
    return given


def test_the_three_kinds_are_found() -> None:
    assert {"press-release", "newsletter", "facebook-text"} <= set(all_kinds())


def test_it_names_sources_that_exist(kind: Kind) -> None:
    assert set(kind.sources) <= set(all_sources())


def test_its_names_are_in_the_catalogue(kind: Kind) -> None:
    for key in (kind.label_key, *(field.label_key for field in kind.fields)):
        assert all(say(key, language) for language in LANGUAGES)


def test_it_has_its_templates_and_no_others(kind: Kind) -> None:
    folder = TEMPLATES / kind.templates
    assert folder.name == kind.id
    assert (folder / "subject.txt").is_file()
    assert (folder / "body.txt").is_file()
    assert (folder / "body.html").is_file() == kind.has_html
    forms = [all_forms()[form] for form in (*kind.forms, *kind.attached, *kind.inline)]
    assert all((folder / form.template).is_file() for form in forms)
    assert all((TEMPLATES / form.frame).is_file() for form in forms if form.frame)
    expected = {f"{field.id}.{'md' if field.markdown else 'txt'}" for field in kind.fields}
    assert {file.name for file in (folder / "fields").iterdir()} == expected


@pytest.mark.parametrize(("variant", "kind_id"), VARIANTS)
def test_a_variant_holds_files_of_its_kind_and_no_others(variant: str, kind_id: str) -> None:
    usual = TEMPLATES / all_kinds()[kind_id].templates
    varied = TEMPLATES / variant_folder(all_kinds()[kind_id], variant)
    files = {file.relative_to(varied) for file in varied.rglob("*") if file.is_file()}
    assert files
    assert files <= {file.relative_to(usual) for file in usual.rglob("*")}


@pytest.mark.parametrize(("variant", "kind_id"), VARIANTS)
def test_a_variant_gives_a_whole_draft(variant: str, kind_id: str) -> None:
    of = context(kind_id, NEWSLETTER if kind_id == "newsletter" else PRESS)
    made = draft(kind_id, replace(of, activity=replace(of.activity, template=variant)))
    assert {finding.code for finding in made.findings} <= {"left-out-contributions"}
    assert redraft(kind_id, made.fields, made.material) == made
    assert made.digest != draft(kind_id, of).digest


def test_it_may_be_late_by_some_time(kind: Kind) -> None:
    assert kind.max_lateness.total_seconds() > 0


def test_empty_fields_are_errors_where_the_part_is_required(kind: Kind) -> None:
    found = {finding.code for finding in kind.lint({}, EMPTY) if finding.level == "error"}
    assert found == {f"missing-{field.id}" for field in kind.fields if field.required}
    assert found


@pytest.mark.parametrize("char", ["\u202e", "\u200b", "\ue000", "\x07", "\u2066", "\ufeff"])
def test_characters_nobody_sees_are_a_warning(kind: Kind, char: str) -> None:
    fields = {field.id: f"text{char}text" for field in kind.fields}
    found = {finding.code for finding in kind.lint(fields, EMPTY)}
    assert {f"unusual-{field.id}" for field in kind.fields} <= found


def test_czech_text_is_usual(kind: Kind) -> None:
    fields = {field.id: "Příliš žluťoučký „kůň“ – ½ § 5\u00a0% … €\n\nkonec" for field in kind.fields}
    assert [finding for finding in kind.lint(fields, EMPTY) if finding.code.startswith("unusual-")] == []


def test_with_its_sample_words_it_is_a_whole_draft(kind: Kind) -> None:
    made = specimen(kind)
    assert [finding for finding in made.findings if finding.level == "error"] == []
    assert set(sample_fields(TEMPLATES, kind.id)) <= {field.id for field in kind.fields}
    assert redraft(kind.id, made.fields, made.material) == made


def test_its_sample_words_are_only_for_what_a_template_leaves_to_a_person(kind: Kind) -> None:
    given = sample_fields(TEMPLATES, kind.id)
    worded = [field for field, text in draft(kind.id, specimen_context(kind)).fields.items() if text and field in given]
    assert worded == []


def test_its_mail_leads_to_its_public_page_where_it_has_one(kind: Kind) -> None:
    page = "https://hlasatel.example.org/archiv/x/2026"
    frozen = freeze(kind, replace(specimen_context(kind), page=page))
    layout = Templates(DEFAULT_TEMPLATES, kind, None)
    fields = {**layout.fields(frozen), **sample_fields(TEMPLATES, kind.id)}
    led = kind.public and kind.channel == "email"
    assert (f"Zobrazit v prohlížeči: {page}" in layout.text(fields, frozen)) == led
    assert (f'href="{page}"' in layout.html(fields, {**frozen, "images": {}})) == led


def test_its_mail_names_the_data_protection_officer(kind: Kind) -> None:
    made = specimen(kind)
    officer = made.material["organisation"]["data_protection_officer"]
    assert officer
    assert (officer in made.text, officer in made.html) == ((True, True) if kind.channel == "email" else (False, False))


def test_its_layout_is_sound_html_and_says_what_its_pictures_show(kind: Kind) -> None:
    """The short form of what `make look` asks of the Nu HTML checker; inlining would hide what is not closed."""
    if not kind.has_html:
        return
    frozen = freeze(kind, specimen_context(kind))
    layout = Templates(DEFAULT_TEMPLATES, kind, None)
    fields = {**layout.fields(frozen), **sample_fields(TEMPLATES, kind.id)}
    html = layout.html(fields, {**frozen, "images": dict.fromkeys(kind.inline, "cid:x")})
    reader = HTMLParser()
    reader.parse(html)
    assert reader.errors == []
    assert [image for image in re.findall(r"<img\b[^>]*>", html) if " alt=" not in image] == []
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))


def test_errors_come_first(kind: Kind) -> None:
    levels = [finding.level for finding in kind.lint({kind.fields[0].id: "\u202e"}, EMPTY)]
    assert levels == sorted(levels)


def test_a_long_headline_and_a_long_post_are_warnings() -> None:
    release = all_kinds()["press-release"]
    assert "long-headline" in {finding.code for finding in release.lint({"headline": "a" * 101}, EMPTY)}
    assert "long-headline" not in {finding.code for finding in release.lint({"headline": "a" * 100}, EMPTY)}
    post = all_kinds()["facebook-text"]
    assert "long-post" in {finding.code for finding in post.lint({"text": "a" * 478}, EMPTY)}
