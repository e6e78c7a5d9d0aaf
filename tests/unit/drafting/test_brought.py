"""The files that a medium asks for: HTML to paste, documents, what a data box takes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from html import unescape
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest
from sqlalchemy import Connection, Row

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context
from worker.channels.handoff import HandOff
from worker.drafting import brought, paste
from worker.drafting.files import File
from worker.drafting.make import DEFAULT_TEMPLATES, Rendered, draft, redraft
from worker.drafting.samples import sample_fields
from worker.errors import HlasatelError
from worker.forms import no_files

NOBODY = cast(Connection, None)
"""No database: nothing of these drafts is kept."""


@cache
def rendered(kind: str) -> Rendered:
    """A draft with sample words where a person has to write, without its files."""
    with no_files():
        made = draft(kind, context(kind, NEWSLETTER if kind == "newsletter" else PRESS))
        return redraft(kind, {**made.fields, **sample_fields(DEFAULT_TEMPLATES.shipped, kind)}, made.material)


def row(of: Rendered, *files: dict[str, Any], **changed: Any) -> Row[Any]:
    """The draft as it is kept, with these files."""
    names = ("kind", "subject", "html", "text", "fields", "material")
    return cast(Row[Any], SimpleNamespace(**{name: getattr(of, name) for name in names} | {"files": files} | changed))


TYPES = {"ics": "text/calendar", "emblem": "image/png", "docx": "application/msword"}


def entry(form: str, use: str = "offered") -> dict[str, Any]:
    sort = TYPES.get(form, "application/pdf")
    return {"name": f"soubor.{form}", "form": form, "media_type": sort, "use": use, "size": 3000, "sha256": ""}


def names(found: Row[Any], *asked: str) -> list[str]:
    return [each.name for each in brought.names(found, asked)]


def test_each_medium_gets_the_right_file() -> None:
    both = row(rendered("press-release"), entry("docx"), entry("pdf"), entry("emblem"))
    assert names(both) == names(both, "") == ["soubor.docx", "soubor.pdf", "soubor.emblem"]
    assert names(both, "docx") == ["soubor.docx", "soubor.emblem"]
    assert names(both, "pdf", "data-box") == ["soubor.pdf", "soubor.emblem"]
    pasted = ["tiskova-zprava-2026-12.html", "tiskova-zprava-2026-12.txt"]
    assert names(both, "html") == ["soubor.emblem", *pasted]
    assert names(both, "", "html") == ["soubor.docx", "soubor.pdf", "soubor.emblem", *pasted]


def test_a_data_box_gets_nothing_that_it_refuses() -> None:
    invitation = row(rendered("press-release"), entry("pdf"), entry("ics"), entry("emblem"), entry("poster-a4"))
    assert names(invitation, "data-box") == ["soubor.pdf", "soubor.emblem", "soubor.poster-a4"]
    assert "soubor.ics" in names(invitation, "data-box", "html") and "soubor.ics" in names(invitation, "pdf")


@pytest.mark.usefixtures("documents")
def test_a_document_that_the_kind_has_none_of_is_made_of_the_approved_words() -> None:
    item = row(rendered("news-item"))
    assert names(item) == []
    assert names(item, "docx", "data-box") == [
        "tiskova-zprava-2026-12-news-item.docx",
        "tiskova-zprava-2026-12-news-item.pdf",
    ]
    word, pdf = brought.load(NOBODY, DEFAULT_TEMPLATES, item, ("docx", "pdf"))
    with zipfile.ZipFile(io.BytesIO(word.content)) as parts:
        assert "Jak se plní krajská strategie" in parts.read("word/document.xml").decode()
    assert pdf.content.startswith(b"%PDF-") and pdf.media_type == "application/pdf"
    assert brought.load_one(NOBODY, DEFAULT_TEMPLATES, item, ("pdf",), pdf.name) == pdf


def test_pictures_come_with_the_html_alone() -> None:
    letter = row(rendered("newsletter"), entry("chart", "inline"))
    assert names(letter, "html") == ["soubor.chart", "newsletter-2026.html", "newsletter-2026.txt"]
    assert names(letter) == []


def test_a_file_that_is_not_among_them_is_refused() -> None:
    with pytest.raises(HlasatelError):
        brought.load_one(NOBODY, DEFAULT_TEMPLATES, row(rendered("news-item")), ("html",), "jiny.html")


def test_what_is_asked_for_is_what_the_approval_bound_for_that_person() -> None:
    bound: dict[str, dict[str, Any]] = {
        "web": {"person": "redakce-webu", "options": {"file": "html"}},
        "portal": {"person": "redakce-webu"},
        "deska": {"person": "koordinator", "options": {"file": "pdf", "hangs": 15}},
        "stranka": {},
    }
    assert brought.asked_for({"news-item": bound}, "news-item", "redakce-webu") == {"html", ""}
    assert brought.asked_for({"news-item": bound}, "news-item", "koordinator") == {"pdf"}
    assert brought.asked_for({"news-item": bound}, "story", "koordinator") == frozenset()


def test_every_file_that_may_be_asked_for_can_be_brought() -> None:
    assert {"", *brought.FILES} == set(get_args(HandOff.model_fields["file"].annotation))


def pasted(kind: str, asked: str = "html") -> list[File]:
    return list(brought.load(NOBODY, DEFAULT_TEMPLATES, row(rendered(kind)), (asked,)))


def test_the_html_to_paste_has_headings_lists_and_links_and_says_its_encoding() -> None:
    page, text = pasted("news-item")
    html = page.content.decode("utf-8-sig")
    assert page.content.startswith(b"\xef\xbb\xbf") and text.content.startswith(b"\xef\xbb\xbf")
    assert html.startswith("<h2>Jak se plní krajská strategie sociálního začleňování</h2>\n<p>Strategie")
    assert "<ul>\n<li>Podpora rozvoje komunitní práce" in html
    assert '<a href="https://www.example.org/strategie">https://www.example.org/strategie</a></p>' in html
    assert "<h3>Kontakt</h3>\n<p>Tisková mluvčí<br>" in html
    assert text.content.decode("utf-8-sig") == rendered("news-item").text.strip() + "\n"


@pytest.mark.parametrize("kind", ["news-item", "faq-entry", "hoax-rebuttal", "story", "magazine-article"])
def test_no_word_is_lost_or_added(kind: str) -> None:
    of = rendered(kind)
    html = re.sub("<[^>]*>", "", paste.fragment(row(of)))
    marks = re.compile(r"^\s*- ", re.MULTILINE)
    assert "".join(unescape(html).split()) == "".join(marks.sub("", of.text).split())


def test_a_translation_says_its_language() -> None:
    of = rendered("news-item")
    other = redraft("news-item", {**of.fields, "translation": "Про **допомогу**."}, of.material)
    assert '<div lang="uk">\n<p>Про <strong>допомогу</strong>.</p>\n</div>' in paste.fragment(row(other))


def test_a_mail_loses_its_frame_and_keeps_its_tables_and_descriptions() -> None:
    words = paste.fragment(row(rendered("newsletter")))
    assert words.startswith("<p>Pravidelná informace") and "Odhlásit" not in words and "motto" not in words
    assert '<th scope="col">Splněno</th>' in words and words.count("<table>") == 1


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p onclick="x()">Text<script>alert(1)</script></p>', "<p>Text</p>"),
        ('<a href="javascript:alert(1)">odkaz</a>', "odkaz"),
        (
            '<a href="https://example.org/?a=1&amp;b=2">odkaz</a>',
            '<a href="https://example.org/?a=1&amp;b=2">odkaz</a>',
        ),
        ('<img src="cid:graf.png@hlasatel" alt="Graf: 1 &lt; 2">', '<img src="graf.png" alt="Graf: 1 &lt; 2">'),
        ('<img src="https://stopa.example.org/x.gif" alt="">', '<img alt="">'),
        ("<p>1 &lt; 2 <svg><circle/></svg>&amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ('<div class="strip">Kraj</div><p>Text', "<p>Text"),
        ("<p>A<b>B</b></i></p><o:p>C</o:p>", "<p>A<strong>B</strong></p>\nC"),
        ("<p>Před</p><!--only-in-mail--><p>Odhlásit</p><!--/only-in-mail-->", "<p>Před</p>"),
    ],
)
def test_nothing_that_acts_or_is_styled_is_pasted(html: str, left: str) -> None:
    assert paste.fragment(row(rendered("newsletter"), html=html)) == left + "\n"


def test_characters_that_mean_something_in_html_are_only_characters() -> None:
    of = rendered("pass-on-text")
    shown = paste.fragment(row(of, text="Děti & <rodiče>\n\nVíc: https://example.org/a?b=1&c=2.", fields={}))
    assert "<h2>Děti &amp; &lt;rodiče&gt;</h2>" in shown
    assert '<a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.</p>' in shown


def test_a_change_of_the_words_changes_the_file() -> None:
    of = rendered("faq-entry")
    other = replace(of, text=of.text.replace("Agentura", "Úřad"))
    assert paste.fragment(row(of)) != paste.fragment(row(other))
