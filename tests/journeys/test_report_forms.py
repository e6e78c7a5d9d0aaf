"""The account of a rehearsed half-year, read row by row in every form that people get."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.fixtures.report_office import giving_out
from tests.journeys.test_report_of_the_plan import folder, rehearsed
from worker.messages import say
from worker.rehearsal.people import Manner
from worker.reporting.forms import FORMS, told

__all__ = ["folder"]


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.long
def test_every_row_stands_in_every_form_as_it_came_out(folder: Path, tmp_path: Path) -> None:
    report = rehearsed(folder, "2026-07-01", "2027-01-20", Manner.LATE)[3]
    accounts = report.occurrences()
    assert len(accounts) > 20 and len({each.outcome for each in accounts}) > 1
    with giving_out(tmp_path) as office:
        made = {name: form.render(report, office) for name, form in FORMS.items()}

    page = without_blanks(unescape(re.sub(r"<[^>]+>", "", made["html"].decode())))
    paper = without_blanks("".join(each.extract_text() for each in PdfReader(io.BytesIO(made["pdf"])).pages))
    for each in accounts:
        for text in (page, paper):
            assert without_blanks(each.id) in text, each.id
        for address in each.addresses:
            assert address in page and address in paper, each.id
        assert without_blanks(told.outcome(each)) in page, each.id

    sheet = load_workbook(io.BytesIO(made["xlsx"]))["Výskyty"]
    head, *lines = sheet.iter_rows(values_only=True)
    rows = {str(line[0]): dict(zip(head, line, strict=True)) for line in lines}
    assert rows.keys() == {each.id for each in accounts}
    for each in accounts:
        assert rows[each.id]["Výsledek"] == say(f"report_forms.outcome_{each.outcome}"), each.id
        done = rows[each.id]["Uskutečněno dne"]
        assert (done.date() if done is not None else None) == each.done_on, each.id

    document = docx.Document(io.BytesIO(made["docx"]))
    listed = [[cell.text for cell in row.cells] for row in document.tables[-2].rows][1:]
    for row, each in zip(listed, accounts, strict=True):
        shown = (each.title, told.promised(each))
        assert [without_blanks(text) for text in row[:2]] == [without_blanks(text) for text in shown]
        assert set(each.addresses) <= set(row[3].split("\n")), each.id
