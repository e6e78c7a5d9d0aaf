"""python-docx behind a few functions: the office's letterhead, blocks of HTML in, a DOCX out.

Headings, lists, links and the language are Word's own (ECMA-376), so a reader may jump, search and write on.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, time
from typing import Any

from worker.forms.base import EMBLEM_ON_PAPER, LOGO_ON_PAPER, FormSource, Picture
from worker.forms.fragment import Node

_FONT = "Arial"
_HEADINGS = {"h1": (1, 20), "h2": (2, 14), "h3": (3, 12)}  # level and points
_INK = "1c1c1c"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date a ZIP can carry: the same bytes at every making
_LONGEST_PROPERTY = 255  # characters that python-docx takes
_TIGHT = 2  # points between the lines of a list


def begun(source: FormSource) -> Any:
    """An empty document: A4 with the office above and its contact below every page."""
    from docx import Document

    document = Document()
    _properties(document, source)
    _page(document)
    _styles(document, source)
    _letterhead(document, source)
    return document


def finished(document: Any, source: FormSource) -> bytes:
    """The bytes, the same for the same content; a funder's emblem stands below all of it."""
    if source.emblem:
        _picture(document.add_paragraph().add_run(), source.emblem, EMBLEM_ON_PAPER)
    written = io.BytesIO()
    document.save(written)
    return _without_times(written.getvalue())


def _properties(document: Any, source: FormSource) -> None:
    own = document.core_properties
    at = datetime.combine(source.day, time(), UTC)
    own.title, own.author, own.last_modified_by = (
        text[:_LONGEST_PROPERTY] for text in (source.title, source.office[0], source.office[0])
    )
    own.language, own.comments, own.created, own.modified = f"{source.lang}-CZ", "", at, at


def _page(document: Any) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(30), Mm(25)
    section.header_distance = section.footer_distance = Mm(12)


def _styles(document: Any, source: FormSource) -> None:
    """One typeface for everything, the office's colour for headings, the language for the spelling checker."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    speech = defaults.find(qn("w:lang"))
    if speech is None:
        speech = OxmlElement("w:lang")
        defaults.append(speech)
    for name in ("w:val", "w:eastAsia"):
        speech.set(qn(name), f"{source.lang}-CZ")
    named = [("Normal", 11.0), *((f"Heading {level}", float(size)) for level, size in _HEADINGS.values())]
    for name, size in named:
        style = styles[name]
        _typeface(style, qn)
        style.font.size = Pt(size)
        heading = name != "Normal"
        style.font.color.rgb = RGBColor.from_string(source.colour.lstrip("#").upper() if heading else _INK.upper())
        style.paragraph_format.space_before = Pt(size if heading else 0)
        style.paragraph_format.space_after = Pt(6 if heading else 8)
        style.paragraph_format.line_spacing = 1.1 if heading else 1.25


def _typeface(style: Any, qn: Any) -> None:
    """A theme's typeface would win over the one that is named."""
    style.font.name = _FONT
    fonts = style.element.rPr.rFonts
    for attribute in [each for each in fonts.attrib if each.endswith("Theme")]:
        del fonts.attrib[attribute]
    fonts.set(qn("w:cs"), _FONT)


def _letterhead(document: Any, source: FormSource) -> None:
    from docx.shared import Pt, RGBColor

    section = document.sections[0]
    head = section.header.paragraphs[0]
    if source.logo:
        _picture(head.add_run(), source.logo, LOGO_ON_PAPER)
        head.runs[0].add_break()
    for number, line in enumerate(source.office):
        run = head.add_run(line)
        run.bold = number == 0
        run.font.size = Pt(12 if number == 0 else 9)
        run.font.color.rgb = RGBColor.from_string(source.colour.lstrip("#").upper() if number == 0 else _INK.upper())
        if number < len(source.office) - 1:
            run.add_break()
    foot = section.footer.paragraphs[0]
    foot.add_run(" · ".join(source.contact)).font.size = Pt(9)
    foot.add_run("\t").font.size = Pt(9)
    _page_number(foot)


def _picture(run: Any, picture: Picture, room: tuple[int, int]) -> None:
    """A picture in the line, with what it shows for those who do not see it."""
    from docx.shared import Mm

    width, height = picture.shown(*room)
    inline = run.add_picture(io.BytesIO(picture.content), width=Mm(width), height=Mm(height))
    inline._inline.docPr.set("descr", picture.alt)


def _page_number(paragraph: Any) -> None:
    """The field that Word counts itself: `PAGE`."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    stops = paragraph.paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(160), WD_TAB_ALIGNMENT.RIGHT)
    for sort, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        element = OxmlElement("w:fldChar" if sort else "w:instrText")
        if sort:
            element.set(qn("w:fldCharType"), sort)
        else:
            element.text = text
        run._r.append(element)


def block(document: Any, node: Node) -> None:
    """One block of HTML at the end of the document: a heading, a paragraph, a list, a quotation."""
    if node.tag in _HEADINGS or node.tag in {"h4", "h5", "h6"}:
        _inline(document.add_heading("", _HEADINGS.get(node.tag, (3, 0))[0]), node)
    elif node.tag in {"ul", "ol"}:
        _list(document, node, 0)
    elif node.tag == "blockquote":
        for child in node.elements():
            _inline(document.add_paragraph(style="Quote"), child)
    elif node.tag == "hr":
        document.add_paragraph("* * *")
    else:
        _inline(document.add_paragraph(), node)


def _list(document: Any, node: Node, level: int) -> None:
    from docx.shared import Pt

    ordered = node.tag == "ol"
    style = ("List Number" if ordered else "List Bullet") + ("" if level == 0 else f" {min(level + 1, 3)}")
    number = _numbering(document, style, int(node.attributes.get("start", "1"))) if ordered else None
    for item in node.elements():
        paragraph = document.add_paragraph(style=style)
        paragraph.paragraph_format.space_after = Pt(_TIGHT)
        if number is not None:
            _count_by(paragraph, number)
        nested = [child for child in item.elements() if child.tag in {"ul", "ol"}]
        _inline(paragraph, Node("li", {}, [child for child in item.children if child not in nested]))
        for child in nested:
            _list(document, child, level + 1)
    if level == 0 and document.paragraphs:  # what follows keeps its distance, as after any paragraph
        document.paragraphs[-1].paragraph_format.space_after = None


def _numbering(document: Any, style: str, start: int) -> int:
    """A counting of its own for one list; lists of one style would otherwise go on counting."""
    definitions = document.part.numbering_part.element
    abstract = definitions.num_having_numId(document.styles[style].element.pPr.numPr.numId.val).abstractNumId.val
    number = definitions.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def _count_by(paragraph: Any, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number


def _inline(paragraph: Any, node: Node, *, bold: bool = False, italic: bool = False) -> None:
    broken = False
    for child in node.children:
        if isinstance(child, str):
            text = " ".join(child.split("\n")) if child.strip() else child.replace("\n", "")
            text = text.lstrip(" ") if broken else text
            if text:
                run = paragraph.add_run(text)
                run.bold, run.italic = bold or None, italic or None
        elif child.tag == "br":
            paragraph.add_run().add_break()
        elif child.tag == "a":
            _link(paragraph, child)
        else:
            inner_bold = bold or child.tag in {"strong", "b"}
            _inline(paragraph, child, bold=inner_bold, italic=italic or child.tag in {"em", "i"})
        broken = isinstance(child, Node) and child.tag == "br"


def _link(paragraph: Any, node: Node) -> None:
    """A link that is followed with a click; python-docx has none of its own."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    target = paragraph.part.relate_to(node.attributes.get("href", ""), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    before = len(paragraph.runs)
    _inline(paragraph, Node("span", {}, list(node.children)))
    for run in paragraph.runs[before:]:
        run.font.underline, run.font.color.rgb = True, RGBColor(0x05, 0x4A, 0x91)
        link.append(run._r)
    paragraph._p.append(link)


def _without_times(data: bytes) -> bytes:
    """The same archive with one date for all its parts."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(part, old.read(name))
    return result.getvalue()
