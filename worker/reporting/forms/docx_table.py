"""A table in a Word document that a screen reader and a printer get right: a repeated head, rows that stay whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_GROUND, _INK = "E7ECF2", "1C1C1C"
_POINTS, _HEAD_POINTS = 9, 8


def add_table(
    document: Any, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> None:
    """At the end of the document, below its title in the style Caption; `widths` in millimetres.

    Columns of numbers alone stand to the right. What is between line ends of a cell is a paragraph of its own.
    """
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor

    document.styles["Caption"].font.color.rgb = RGBColor.from_string(_INK)  # Word's own light blue is hard to read
    caption = document.add_paragraph(title, style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    table.autofit = False
    _described(table, title)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    numbers = {column for column in range(1, len(head)) if all(_is_number(row[column]) for row in rows)}
    for number, (line, texts) in enumerate(zip(table.rows, (head, *rows), strict=True)):
        _kept_whole(line, is_head=number == 0)
        for column, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width = Mm(widths[column])
            for position, part in enumerate(text.split("\n")):
                paragraph = cell.paragraphs[0] if position == 0 else cell.add_paragraph()
                run = paragraph.add_run(part)
                run.font.size, run.bold = Pt(_POINTS if number else _HEAD_POINTS), number == 0 or None
                paragraph.paragraph_format.space_after = Pt(2)
                paragraph.paragraph_format.line_spacing = 1.0
                if column in numbers:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if number == 0:
                _shaded(cell)
    document.add_paragraph()


def _is_number(text: str) -> bool:
    return text == "–" or text.isdecimal()


def _described(table: Any, title: str) -> None:
    """What assistive technology says of it (ECMA-376, tblCaption), and that its first row is a head."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), title)
    properties.append(caption)
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "0")


def _kept_whole(row: Any, *, is_head: bool) -> None:
    """No row is torn by a page's end; the head is repeated on every page."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _shaded(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), _GROUND)
    cell._tc.get_or_add_tcPr().append(shade)
