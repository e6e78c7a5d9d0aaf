"""The forms of the report, each read back by something else: the same numbers, tagged, safe, the same bytes."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.unit.forms.sample import lose_pango
from worker.drafting.loader import BrokenTemplate
from worker.errors import HlasatelError
from worker.messages import speaking
from worker.office import Office
from worker.reporting.forms import FORMS, file_name, told
from worker.reporting.forms.charts import charts, picture
from worker.reporting.forms.told import Group
from worker.reporting.model import Report
from worker.template_folder import TemplateFolder

EVIL = '=HYPERLINK("http://x.example.org","klik")'


def render(form: str, report: Report, office: Office) -> bytes:
    return FORMS[form].render(report, office)


def test_the_summary_counts_what_was_promised_and_tells_the_rest_apart(report: Report) -> None:
    found = told.summary(report)
    numbers = {group: found.number(group) for group in Group}
    assert numbers == {
        Group.DONE: 2, Group.LATE: 1, Group.NOT_DONE: 2, Group.NOT_KNOWN: 3, Group.DROPPED: 0, Group.OPEN: 2,
    }  # fmt: skip
    assert found.promised == 10 == sum(activity.promised for activity in report.activities)
    assert sum(sum(numbers.values()) for _, numbers in told.quarters(report)) == 10


def test_every_form_is_the_same_bytes_for_the_same_report(report: Report, office: Office) -> None:
    for form in FORMS.values():
        assert form.render(report, office) == form.render(report, office), form.id
        assert re.fullmatch(r"vykaz-2026[-a-z]*\.[a-z]+", file_name(report, form))


def test_the_page_needs_nothing_else_and_names_every_occurrence(report: Report, office: Office) -> None:
    html = render("html", report, office).decode()
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="(?!data:|#|https://[\w.]*example\.org)', html)
    for each in report.occurrences():
        assert each.id in html
        assert all(f'href="{address}"' in html for address in each.addresses)
    assert "Nikdo ji do termínu neschválil." in html
    assert "září, prosinec 2024" in html.replace("\u00a0", " ")
    assert re.findall(r"<img (?![^>]*alt=\"Graf)", html) == []


def test_what_a_person_typed_is_text_in_every_form(report: Report, office: Office) -> None:
    first = report.activities[0]
    spoilt = replace(first.occurrences[0], title="<b>tučně</b>", reason=EVIL + "\x07")
    made = replace(report, activities=(replace(first, occurrences=(spoilt,)), *report.activities[1:]))
    html = render("html", made, office).decode()
    assert "<b>tučně</b>" not in html and "&lt;b&gt;tučně" in html
    sheet = load_workbook(io.BytesIO(render("xlsx", made, office)))["Výskyty"]
    cell = next(cell for cell in sheet[2] if cell.value and "HYPERLINK" in str(cell.value))
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    document = docx.Document(io.BytesIO(render("docx", made, office)))
    assert any("<b>tučně</b>" in cell.text for table in document.tables for row in table.rows for cell in row.cells)


def test_the_pdf_is_tagged_czech_and_has_bookmarks(report: Report, office: Office) -> None:
    reader = PdfReader(io.BytesIO(render("pdf", report, office)))
    root: Any = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "cs" and root["/MarkInfo"]["/Marked"]
    tags = _tags(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/L"} <= tags.keys()
    assert tags["/Figure"] == len(charts(report))
    titles = [str(each["/Title"]) for each in reader.outline if isinstance(each, dict)]
    assert titles == ["Výkaz plnění komunikačního plánu za rok 2026"]
    assert "10" in reader.pages[0].extract_text()


def _tags(node: Any) -> dict[str, int]:
    """How often each tag stands in the structure; a picture counts when it says what it shows."""
    found: dict[str, int] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop().get_object()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            tag = str(each.get("/S", ""))
            if tag != "/Figure" or each.get("/Alt"):
                found[tag] = found.get(tag, 0) + 1
            if "/K" in each:
                waiting.append(each["/K"])
    return found


def test_without_pango_it_says_what_to_install(report: Report, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_pango(monkeypatch)
    with pytest.raises(HlasatelError, match="libpango"):
        render("pdf", report, office)


def test_the_workbook_has_its_sheets_with_dates_filters_and_heads(report: Report, office: Office) -> None:
    book = load_workbook(io.BytesIO(render("xlsx", report, office)))
    assert book.sheetnames == ["Souhrn", "Aktivity", "Výskyty", "Počty", "Indikátory", "Články"]
    for sheet in book:
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == sheet.dimensions
    lines = list(book["Výskyty"].iter_rows(values_only=True))
    assert len(lines) == 1 + len(report.occurrences())
    done = dict(zip(lines[0], lines[1], strict=True))
    assert (done["Označení"], done["Uskutečněno dne"]) == ("tiskova-zprava/2026-12", datetime(2026, 12, 8))
    numbers = {(row[0], row[2]) for row in book["Indikátory"].iter_rows(min_row=2, values_only=True)}
    assert {("XIII/1", 2), ("XI/2", "není známo")} <= numbers


def test_the_document_for_the_council_has_both_parts_real_tables_and_described_charts(
    report: Report, office: Office
) -> None:
    with speaking("en"):  # it is Czech whatever the office speaks
        document: Any = docx.Document(io.BytesIO(render("docx", report, office)))
    headings = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert [each for each in headings if each in ("Důvodová zpráva", "Návrh usnesení")] == [
        "Důvodová zpráva",
        "Návrh usnesení",
    ]
    assert any("bere na vědomí" in each.text for each in document.paragraphs)
    assert len(document.tables) == 9
    for table in document.tables:
        assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
    shapes = document.inline_shapes
    assert len(shapes) == 2
    assert all(shape._inline.docPr.get("descr", "").startswith("Graf") for shape in shapes)


def test_the_office_words_it_as_it_likes_and_learns_what_it_got_wrong(
    report: Report, office: Office, tmp_path: Any
) -> None:
    own = tmp_path / "documents" / "council.md"
    own.parent.mkdir()
    changed = replace(office, templates=TemplateFolder(office.templates.shipped, tmp_path))
    own.write_text("# Zpráva pro radu města\n\n{{ numbers.done }} z {{ numbers.promised }}\n\n{{ parts.totals }}\n")
    document = docx.Document(io.BytesIO(render("docx", report, changed)))
    assert [each.text for each in document.paragraphs][:2] == ["Zpráva pro radu města", "3\u00a0z\u00a010"]
    assert len(document.tables) == 1
    own.write_text("# Zpráva\n\n{{ parts.grafy }}\n")
    with pytest.raises(BrokenTemplate, match="grafy") as caught:
        render("docx", report, changed)
    assert caught.value.line == 3


def test_a_chart_says_in_words_what_it_shows(report: Report) -> None:
    quarters, channels = charts(report)
    assert "4. čtvrtletí 2026: splněno včas 2" in quarters.alt
    assert "E-mail na rozesílací seznamy: 1" in channels.alt
    assert quarters.drawn("png")[:8] == b"\x89PNG\r\n\x1a\n"
    assert b"<text" not in quarters.drawn("svg")
    for kind in ("svg", "png"):
        assert picture.__wrapped__(quarters, kind) == quarters.drawn(kind)


def test_a_report_of_nothing_is_given_out_in_every_form(report: Report, office: Office) -> None:
    empty = replace(report, activities=(), counts=(), indicators=(), articles=(), not_known=())
    for form in FORMS.values():
        assert form.render(empty, office)
    assert charts(empty) == []
