"""Who is handed what a person publishes, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Row

from tests.unit.drafting.sample import CONFIG
from worker.drafting.publishers import by_hand, handing, handing_words, length, publisher
from worker.kinds import all_kinds
from worker.messages import LANGUAGES, say
from worker.office import Office
from worker.settings import Medium, load_lists, load_people, load_settings
from worker.store.database import Database

DIRECTORS = cast(Row[Any], SimpleNamespace(in_charge="reditel", channels=None, channels_left_out={}))
"""What these functions read of an occurrence that the director is in charge of."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = load_settings({}, config=CONFIG)
    database = Database(f"sqlite:///{tmp_path / 'office.db'}")
    yield Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, database)
    database.close()


@pytest.mark.parametrize(
    ("kind", "person"), [("facebook-text", "spravce-facebooku"), ("a-kind-of-old", "redakce-magazinu")]
)
def test_a_facebook_text_goes_to_the_page_and_the_rest_to_who_is_in_charge(
    kind: str, person: str, office: Office
) -> None:
    assert publisher(office, kind, "redakce-magazinu") == person


@pytest.mark.parametrize(
    ("kind", "heading", "told"),
    [
        ("news-item", "Ke zveřejnění", "beze změn zveřejní Ředitel krajského úřadu."),
        ("facebook-serial", "Ke zveřejnění po dílech", "po dílech a beze změn zveřejní Správce facebookové stránky."),
        ("magazine-article", "K otištění", "k otištění beze změn dostane Ředitel krajského úřadu."),
        ("assembly-brief", "K předložení", "beze změn předloží Ředitel krajského úřadu."),
        ("committee-brief", "K předložení", "beze změn předloží Ředitel krajského úřadu."),
        ("print-brief", "K zadání do tisku", "k zadání do tisku dostane Ředitel krajského úřadu."),
        ("poster", "K vytištění a vyvěšení", "vytiskne a vyvěsí Ředitel krajského úřadu."),
        ("pass-on-text", "K předání dál", "beze změn předá dál Ředitel krajského úřadu."),
        ("a-kind-of-old", "Ke zveřejnění", "beze změn zveřejní Ředitel krajského úřadu."),
    ],
)
def test_each_kind_is_handed_over_for_what_is_done_with_it(kind: str, heading: str, told: str, office: Office) -> None:
    assert handing_words(kind)["heading"] == heading
    assert by_hand(office, kind, DIRECTORS) == told


@pytest.mark.parametrize(
    ("channel", "kind", "told"),
    [
        ("facebook", "facebook-serial", "Stránka – díly se tam dostanou samy, každý ve svůj den."),
        ("facebook", "facebook-text", "Stránka – text se tam dostane sám, jakmile odejde."),
        ("webhook", "facebook-serial", "Stránka – text se tam dostane sám, jakmile odejde."),
    ],
)
def test_what_gets_there_by_itself_says_when(channel: str, kind: str, told: str, office: Office) -> None:
    medium = Medium(id="stranka", name="Stránka", channel=channel, takes=(kind,), ours="ukázka")
    assert by_hand(replace(office, media={medium.id: medium}), kind, DIRECTORS) == told


@pytest.mark.parametrize("purpose", sorted({each.handed_for for each in all_kinds().values()}))
@pytest.mark.parametrize("part", ["heading", "please", "by"])
def test_whoever_is_handed_a_text_is_asked_in_both_languages(purpose: str, part: str) -> None:
    assert all(say(f"handoff.{purpose}_{part}", language, person="x") for language in LANGUAGES)


def test_a_link_and_a_picture_beside_a_post_are_no_part_of_its_length(office: Office) -> None:
    post = {"text": "Zveme vás.\n\n- *Přijďte*", "link": "https://kraj.example.org/", "image": "x", "description": "y"}
    assert length("facebook-text", post) == "Počet znaků: 23."
    assert handing(office, "facebook-text", post, DIRECTORS).endswith(" stránky. Počet znaků: 23.")


def test_the_approver_reads_until_when_it_is_held_back(office: Office) -> None:
    told = handing(office, "news-item", {"embargo": "8. 12. 2026 12:00"}, DIRECTORS).replace("\u00a0", " ")
    assert told.endswith(" úřadu. Embargo do 12:00 v úterý 8. prosince 2026 (SEČ).")


def test_of_printed_text_no_mark_of_its_setting_is_counted() -> None:
    assert length("magazine-article", {"headline": "aaa", "results": "- **bb**", "contact": "ccc"}) == "Počet znaků: 5."


@pytest.mark.parametrize("kind", ["assembly-brief", "poster", "a-kind-of-old"])
def test_where_nobody_counts_characters_nothing_is_said_of_them(kind: str) -> None:
    assert length(kind, {"title": "Bod", "report": "Zpráva", "headline": "Plakát"}) == ""
