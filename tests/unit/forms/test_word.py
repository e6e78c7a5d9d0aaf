"""The document for Word: what a person, a screen reader and a spelling checker find in it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from tests.unit.forms.sample import SOURCE
from worker.forms import all_forms


@pytest.fixture(scope="module")
def data() -> bytes:
    return all_forms()["docx"].make(SOURCE)


@pytest.fixture(scope="module")
def document(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def test_headings_lists_and_quotes_are_styles(document: Any) -> None:
    assert [(each.style.name, each.text) for each in document.paragraphs] == [
        ("Heading 1", "Kraj otevřel poradnu"),
        ("Normal", "Perex s odkazem\na druhým řádkem."),
        ("Heading 2", "Kontakt"),
        ("List Bullet", "první"),
        ("List Bullet 2", "vnořený"),
        ("List Bullet", "druhý"),
        ("List Number", "třetí"),
        ("List Number", "čtvrtý"),
        ("Normal", "Mezi seznamy."),
        ("List Number", "znovu první"),
        ("Quote", "Řekla to."),
    ]
    assert document.paragraphs[1].runs[0].bold


def test_a_numbered_list_counts_from_its_own_start(document: Any) -> None:
    counted = [each._p.pPr.numPr.numId.val for each in document.paragraphs if each.style.name == "List Number"]
    assert counted[0] == counted[1] != counted[2]
    numbering = document.part.numbering_part.element
    starts = [numbering.num_having_numId(each).lvlOverride_lst[0].startOverride.val for each in counted]
    assert starts == [3, 3, 1]


def test_what_follows_a_list_keeps_its_distance(document: Any) -> None:
    listed = [each for each in document.paragraphs if each.style.name.startswith("List ")]
    ends = [each for each in listed if document.paragraphs[_place(document, each) + 1].style.name[:5] != "List "]
    assert ends
    assert all(each.paragraph_format.space_after is None for each in ends)
    assert any(each.paragraph_format.space_after == Pt(2) for each in listed)


def _place(document: Any, paragraph: Any) -> int:
    return [each._p for each in document.paragraphs].index(paragraph._p)


def test_a_link_can_be_followed(document: Any) -> None:
    [link] = document.paragraphs[1].hyperlinks
    assert (link.text, link.address) == ("odkazem", "https://www.example.org/a")


def test_it_says_its_title_its_language_and_whose_it_is(document: Any) -> None:
    own = document.core_properties
    assert (own.title, own.author, own.language, own.comments) == (SOURCE.title, "Liberecký kraj", "cs-CZ", "")
    assert own.created == datetime(2026, 12, 8, tzinfo=UTC)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    assert defaults.find(qn("w:lang")).get(qn("w:val")) == "cs-CZ"
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "Liberecký kraj\nKrajský úřad"
    assert section.footer.paragraphs[0].text.startswith("www.example.org\t")
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_a_title_of_any_length_makes_a_document() -> None:
    long = replace(SOURCE, title="Titulek " * 100, office=("Úřad " * 100,))
    own = docx.Document(io.BytesIO(all_forms()["docx"].make(long))).core_properties
    assert own.title == ("Titulek " * 100)[:255]


def test_one_typeface_and_no_theme_that_wins_over_it(document: Any) -> None:
    for name in ("Normal", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:ascii")) == "Arial"
        assert not [each for each in fonts.attrib if each.endswith("Theme")]


def test_its_bytes_hold_no_time_of_making(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert all_forms()["docx"].make(SOURCE) == data
