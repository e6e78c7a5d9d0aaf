"""A project's funder is named in every draft, and its absence is an error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context
from worker.drafting.make import DraftContext, Rendered, draft, redraft
from worker.kinds import all_kinds
from worker.kinds.checks import NO_FUNDER, names_funder
from worker.settings import Project

NUMBER = "CZ.03.2.63/0.0/0.0/16_063/0006526"
SENTENCE = "Projekt „Komunitní plánování“ je spolufinancován Evropskou unií z Evropského sociálního fondu."
RESET = SENTENCE.replace("z E", "z\u00a0E").replace("„", '"').replace("“", '"')
PROJECT = Project(id="kpss", name="Komunitní plánování", number=NUMBER, sentence=SENTENCE)


def framed(kind: str, template: str | None = None) -> DraftContext:
    """What a draft of `kind` is made of, in an activity of the project."""
    usual = context(kind, NEWSLETTER if kind == "newsletter" else PRESS)
    return replace(usual, project=PROJECT, activity=replace(usual.activity, template=template))


def lacking(rendered: Rendered) -> list[str]:
    return [finding.level for finding in rendered.findings if finding.code == NO_FUNDER]


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_kind_names_the_funder(kind: str) -> None:
    made = draft(kind, framed(kind))
    assert lacking(made) == []
    assert names_funder([made.text], SENTENCE, NUMBER)
    assert all_kinds()[kind].has_html == (f"{NUMBER}." in made.html)


def test_a_variant_names_it_too() -> None:
    made = draft("press-release", framed("press-release", "krizove-sdeleni"))
    assert lacking(made) == []
    assert names_funder([made.text], SENTENCE, NUMBER)


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_without_a_project_nothing_is_added(kind: str) -> None:
    made = draft(kind, replace(framed(kind), project=None))
    assert "Registrační číslo" not in made.text
    assert lacking(made) == []


def test_in_a_post_it_is_a_paragraph_of_its_own() -> None:
    assert f"\n\n{SENTENCE} Registrační" in draft("facebook-text", framed("facebook-text")).fields["text"]


def test_a_sentence_with_the_number_in_it_is_enough() -> None:
    whole = PROJECT.model_copy(update={"sentence": f"Projekt {NUMBER} je spolufinancován Evropskou unií."})
    made = draft("press-release", replace(framed("press-release"), project=whole))
    assert "Registrační číslo" not in made.text
    assert lacking(made) == []


@pytest.mark.parametrize(
    ("said", "is_missing"),
    [
        (f"{SENTENCE} Registrační číslo projektu: {NUMBER}.", False),
        (f"**{RESET}**\n\nČíslo: {NUMBER}", False),
        (SENTENCE, True),
        (f"Projekt spolufinancuje Evropská unie ({NUMBER}).", True),
        ("", True),
    ],
)
def test_what_a_person_edited_away_is_an_error(said: str, is_missing: bool) -> None:
    made = draft("press-release", framed("press-release"))
    edited = redraft("press-release", {**made.fields, "further": said}, made.material)
    assert lacking(edited) == (["error"] if is_missing else [])


def test_material_kept_before_there_were_projects_is_drafted_as_before() -> None:
    made = draft("press-release", replace(framed("press-release"), project=None))
    older = {name: value for name, value in made.material.items() if name != "project"}
    assert redraft("press-release", made.fields, older).digest == made.digest
