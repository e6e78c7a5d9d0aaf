"""What `check` doubts of a row that names a translator."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.drafting.sample import people, plan
from worker.drafting.translations import doubts, kind_of
from worker.plan.model import Plan
from worker.settings import Person

TRANSLATOR = Person(
    id="prekladatelka", name="Překladatelka", role="překládá", email="preklady@urad.example.org",
    greeting="Dobrý den", translates="uk",
)  # fmt: skip


def of(*kinds: str) -> Plan:
    """The region's plan with one row alone, whose contributors are the ASZ and the translator."""
    row = replace(plan().activity("newsletter"), kinds=kinds, contributors=("asz", TRANSLATOR.id))
    return replace(plan(), activities=(row,))


def test_a_translator_who_would_never_be_asked_is_told() -> None:
    known = {**people(), TRANSLATOR.id: TRANSLATOR}
    for kinds in ((), ("facebook-text",)):
        ((activity, said),) = doubts(of(*kinds), known)
        assert activity == "newsletter" and "newsletter" in said and "Překladatelka" in said
    assert list(doubts(of("facebook-text", "newsletter"), known)) == []


def test_the_first_text_with_a_part_for_it_is_translated() -> None:
    assert kind_of(["facebook-text", "news-item", "press-release"]) == "news-item"
    assert kind_of(["facebook-text"]) is None
