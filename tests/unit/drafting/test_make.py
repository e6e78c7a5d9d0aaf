"""Drafts from the shipped plan, measures and configuration: whole, repeatable, and nothing in them acts."""

from __future__ import annotations

import io
import json
import re
import shutil
import socket
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from lxml import html as lxml_html  # type: ignore[import-untyped]

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context, newsletter, press_release
from worker.drafting.digest import draft_digest
from worker.drafting.make import DEFAULT_TEMPLATES, DraftingError, Rendered, draft, redated, redraft
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE
from worker.forms import no_files
from worker.template_folder import TemplateFolder

ALL = [
    ("press-release", PRESS),
    ("facebook-text", PRESS),
    ("newsletter", NEWSLETTER),
    ("facebook-text", NEWSLETTER),
]
MAILS = [ALL[0], ALL[2]]


def made(kind: str, occurrence: str) -> Rendered:
    return draft(kind, context(kind, occurrence))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafting opens no connection."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("drafting went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_drafting_is_repeatable(kind: str, occurrence: str) -> None:
    assert made(kind, occurrence) == made(kind, occurrence)


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_a_form_sent_back_unchanged_gives_the_same_digest(kind: str, occurrence: str) -> None:
    first = made(kind, occurrence)
    as_a_browser_sends = {name: text.replace("\n", "\r\n") + "\r\n" for name, text in first.fields.items()}
    assert redraft(kind, as_a_browser_sends, first.material) == first


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_where_no_files_are_wanted_a_draft_is_the_same_without(kind: str, occurrence: str) -> None:
    whole = made(kind, occurrence)
    with no_files():
        bare = made(kind, occurrence)
    assert (bare.files, bare.text, bare.fields, bare.findings) == ((), whole.text, whole.fields, whole.findings)
    assert made(kind, occurrence) == whole


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_nothing_of_a_template_is_left(kind: str, occurrence: str) -> None:
    first = made(kind, occurrence)
    for part in (first.subject, first.text, first.html, *first.fields.values()):
        assert not re.search(r"\{\{|\}\}|\{%|%\}|\bNone\b|Undefined", part)


@pytest.mark.parametrize(("kind", "occurrence"), MAILS)
@pytest.mark.usefixtures("documents")
def test_the_mail_is_small_and_its_text_part_fits(kind: str, occurrence: str) -> None:
    first = made(kind, occurrence)
    assert len(first.html.encode()) < 80_000
    assert all(len(line) <= 76 for line in first.text.split("\n"))
    assert len(first.subject.splitlines()) == 1


@pytest.mark.parametrize(("kind", "occurrence"), MAILS)
def test_the_mail_says_its_language_and_has_headings(kind: str, occurrence: str) -> None:
    page = lxml_html.document_fromstring(made(kind, occurrence).html)
    assert page.get("lang") == "cs"
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//h2")) >= 3
    assert all(table.get("role") == "presentation" or table.find("caption") is not None for table in page.iter("table"))
    assert not list(page.iter("script", "link"))
    assert all(img.get("src", "").startswith("cid:") and img.get("alt") for img in page.iter("img"))


@pytest.mark.parametrize(("kind", "occurrence"), MAILS)
def test_links_survive_inlining(kind: str, occurrence: str) -> None:
    first = made(kind, occurrence)
    assert f'href="{SLOT_UNSUBSCRIBE}"' in first.html
    assert SLOT_UNSUBSCRIBE in first.text.split("\n")
    assert "prefers-color-scheme: dark" in first.html
    assert (SLOT_GREETING in first.html) == (kind == "newsletter")


def test_the_table_of_measures_reads_aloud() -> None:
    page = lxml_html.document_fromstring(newsletter().html)
    table = page.find(".//table[caption]")
    assert table is not None
    caption = table.findtext("caption") or ""
    assert "stav k\xa031.\xa0prosinci 2023" in caption
    assert "Informace o\xa0naplňování Strategie" in caption
    assert [head.text for head in table.findall("thead//th[@scope='col']")] == [
        "Splněno",
        "Plněno",
        "Částečně",
        "Neplněno",
        "Celkem",
    ]
    assert len(table.findall("tbody//th[@scope='rowgroup']")) == 14
    assert [cell.text for cell in table.findall("tbody")[-1].iter("td")] == ["1", "22", "68", "18", "109"]


@pytest.mark.usefixtures("documents")
def test_the_chart_of_measures_says_all_it_shows_in_words() -> None:
    first = newsletter()
    [chart] = [file for file in first.files if file.use == "inline"]
    [shown] = lxml_html.document_fromstring(first.html).iter("img")
    assert shown.get("src") == f"cid:{chart.content_id}" == "cid:newsletter-2026-graf.png@hlasatel"
    assert (shown.get("width"), shown.get("height")) == ("560", None)
    for words in ("stav k 31. prosinci 2023", "splněno 1", "neplněno 18", "v tabulce pod grafem"):
        assert words in (shown.get("alt") or ""), shown.get("alt")


NO_MEASURES = {
    "total": 0, "areas": [], "due": {}, "state": None, "state_from": None, "older_than_a_year": False,
    "counts": dict.fromkeys(["splněno", "plněno", "částečně plněno", "neplněno"], 0), "reason": "drafting.no_measures",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_an_office_without_measures_says_nothing_of_them(kind: str, occurrence: str) -> None:
    of = context(kind, occurrence)
    measures = {**of.material["measures"], **NO_MEASURES}
    first = draft(kind, replace(of, material={**of.material, "measures": measures}))
    assert "opatření" not in first.text + first.html
    assert not [file for file in first.files if file.use == "inline"] and "<img" not in first.html
    errors = [finding.code for finding in first.findings if finding.level == "error"]
    assert errors == (["missing-perex"] if kind == "press-release" else [])
    if kind == "newsletter":
        assert "left-out-measures" in [finding.code for finding in first.findings]


def test_a_newsletter_must_not_lack_the_measures_that_there_are() -> None:
    first = newsletter()
    edited = redraft("newsletter", {**first.fields, "measures": " "}, first.material)
    assert "missing-measures" in [finding.code for finding in edited.findings if finding.level == "error"]


@pytest.mark.usefixtures("documents")
def test_a_file_belongs_to_what_is_approved() -> None:
    first = press_release()
    assert [(file.name, file.use) for file in first.files] == [
        ("tiskova-zprava-2026-12.docx", "offered"),
        ("tiskova-zprava-2026-12.pdf", "offered"),
    ]
    entries = [file.entry() for file in first.files]
    goes_out = first.kind, first.channel, first.subject, first.html, first.text
    assert first.digest == draft_digest(*goes_out, entries)
    for changed in (
        [],
        entries[:1],
        [{**entries[0], "sha256": "0"}, entries[1]],
        [{**entries[0], "use": "attached"}, entries[1]],
    ):
        assert draft_digest(*goes_out, changed) != first.digest


@pytest.mark.usefixtures("documents")
def test_the_second_kind_of_an_occurrence_names_its_files_after_itself() -> None:
    frozen = press_release().material
    other = {**frozen, "occurrence": {**frozen["occurrence"], "kinds": ["newsletter", "press-release"]}}
    made = redraft("press-release", press_release().fields, other)
    assert made.files[0].name == "tiskova-zprava-2026-12-press-release.docx"


@pytest.mark.usefixtures("documents")
def test_what_a_person_types_stands_in_the_documents_as_it_was_typed() -> None:
    first = press_release()
    typed = {
        **first.fields,
        "headline": "# 1. *Titulek* [odkaz](x) <b> & `kód` {{ 7 }}",
        "perex": "- první_řádek_\n2. druhý\n\nnový **odstavec**",
        "contact": "Jana Nová\ntelefon +420 000 000 000",
        "body": "Tady **tučně**.",
    }
    edited = redraft("press-release", typed, first.material)
    document = Document(io.BytesIO(edited.files[0].content))
    words = [paragraph.text.replace("\xa0", " ") for paragraph in document.paragraphs]
    assert "# 1. *Titulek* [odkaz](x) <b> & `kód` {{ 7 }}" in words
    assert "- první_řádek_\n2. druhý" in words and "nový **odstavec**" in words
    assert "Jana Nová\ntelefon +420 000 000 000" in words
    assert any(words.endswith("– Tady tučně.") for words in words)


def test_what_a_person_types_is_printed_literally() -> None:
    first = press_release()
    typed = {**first.fields, "headline": "{{ 7 * 7 }} <b>{% raw %}", "body": "{{ organisation }} <script>x</script>"}
    edited = redraft("press-release", typed, first.material)
    assert edited.subject == "Tisková zpráva: {{ 7 * 7 }} <b>{% raw %}"
    assert "&lt;b&gt;" in edited.html
    assert "<script" not in edited.html
    assert "{{ organisation }} <script>x</script>" in edited.text
    assert edited.digest != first.digest


def test_an_edit_shows_in_both_parts_and_the_numbers_stay() -> None:
    first = newsletter()
    edited = redraft("newsletter", {**first.fields, "intro": "píšeme vám **jinak**."}, first.material)
    assert "<strong>jinak</strong>" in edited.html
    assert "píšeme vám jinak." in edited.text
    assert edited.material == first.material


def test_line_ends_in_a_headline_never_reach_the_subject() -> None:
    first = press_release()
    edited = redraft("press-release", {**first.fields, "headline": "A\r\nBcc: x@example.org\u2028B"}, first.material)
    assert edited.subject == "Tisková zpráva: A Bcc: x@example.org B"


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("perex", SLOT_UNSUBSCRIBE, "vyhrazená"),
        ("perex", f"a{SLOT_GREETING}", "vyhrazená"),
        ("perex", "a\x00b", "U+0000"),
        ("headline", "a\x1bb", "U+001B"),
        ("nonsense", "x", "nonsense"),
        ("body", "a" * 50_001, "50001"),
    ],
)
def test_refuses_with_a_sentence(field: str, text: str, says: str) -> None:
    first = press_release()
    with pytest.raises(DraftingError, match=re.escape(says)):
        redraft("press-release", {**first.fields, field: text}, first.material)


@pytest.mark.parametrize("field", ["body", "further", "domicile"])
@pytest.mark.parametrize(
    "text",
    [
        r"@\@greeting@@",
        "&#64;@unsubscribe@@",
        "a &commat;&commat;unsubscribe&#x40;&#64; b",
        r"[odkaz](https://example.org/@\@unsubscribe@@)",
        r"**@\@unsubscribe@@**",
    ],
)
def test_markdown_cannot_spell_a_slot(field: str, text: str) -> None:
    first = press_release()
    label = {"body": "Text zprávy", "further": "Další informace", "domicile": "Domicil"}[field]
    with pytest.raises(DraftingError, match=f"„{label}“ je značka vyhrazená"):
        redraft("press-release", {**first.fields, field: text}, first.material)


def test_addresses_and_empty_parts_are_no_slots() -> None:
    first = newsletter()
    for text in ("@kraj @@ a@example.org @@greeting", "`@@` &#64; \\@", ""):
        assert redraft("newsletter", {**first.fields, "upcoming": text, "published": text}, first.material)


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(DraftingError, match="press-release"):
        draft("pres-release", context("press-release", PRESS))


def test_missing_material_is_an_error_and_no_hole() -> None:
    incomplete = replace(context("newsletter", NEWSLETTER), material={"sent": {}, "upcoming": {}})
    with pytest.raises(DraftingError, match="measures"):
        draft("newsletter", incomplete)


def test_an_occurrence_without_a_send_day_has_no_draft() -> None:
    given = context("press-release", PRESS)
    with pytest.raises(DraftingError, match="nemá den odeslání"):
        draft("press-release", replace(given, occurrence=replace(given.occurrence, send_at=None)))


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("email/press-release/fields/perex.txt", "{{ organisation.missing }}", "missing"),
        ("email/press-release/fields/perex.txt", "ok\n{% if %}", "řádek 2"),
        ("email/press-release/subject.txt", "{{ fields.nothing }}", "nothing"),
        ("email/press-release/body.txt", None, "body.txt"),
        ("email/press-release/fields/perex.txt", "{{ organisation.name | day }}", "ValueError"),
        ("email/press-release/body.html", "{{ 1 / 0 }}", "ZeroDivisionError"),
        ("email/press-release/body.html", "{{ ''.__class__.__mro__ }}", "__class__"),
    ],
)
def test_a_bad_template_is_named(tmp_path: Path, file: str, text: str | None, says: str) -> None:
    shutil.copytree(DEFAULT_TEMPLATES.shipped, tmp_path, dirs_exist_ok=True)
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(DraftingError, match=says) as refused:
        draft("press-release", context("press-release", PRESS, templates_dir=TemplateFolder(tmp_path)))
    assert file in str(refused.value)


@pytest.mark.parametrize("place", ["{{ greeting }}", "[leave]({{ unsubscribe }})"])
def test_a_file_for_everybody_has_no_place_for_one_recipient(tmp_path: Path, place: str) -> None:
    shutil.copytree(DEFAULT_TEMPLATES.shipped, tmp_path, dirs_exist_ok=True)
    (tmp_path / "email/press-release/document.md").write_text(f"# Zpráva\n\n{place}\n", encoding="utf-8")
    with pytest.raises(DraftingError, match=r"email/press-release/document\.md"):
        draft("press-release", context("press-release", PRESS, templates_dir=TemplateFolder(tmp_path)))


@pytest.mark.parametrize(("kind", "occurrence"), ALL)
def test_a_draft_does_not_hang_on_the_order_of_keys_in_its_material(kind: str, occurrence: str) -> None:
    """PostgreSQL keeps JSON without one, so a draft made anew there would differ for no reason."""
    first = made(kind, occurrence)
    kept = json.loads(json.dumps(first.material, sort_keys=True))
    day = date.fromisoformat(kept["occurrence"]["day"])
    assert redated(kind, first.fields, kept, day, edited=False).digest == first.digest
