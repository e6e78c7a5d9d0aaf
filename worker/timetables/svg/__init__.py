"""The timetable as a picture to hang up: a sheet of A3 (SVG), for the eye, the printer and a screen reader alike."""

from __future__ import annotations

from xml.etree.ElementTree import Element, indent, tostring

from worker.forms.characters import printable
from worker.messages import language, say
from worker.plan.model import Window
from worker.times import local_day
from worker.timetables.content import Row, Timetable, local, short_day
from worker.timetables.svg.axis import draw_axis, levels_for
from worker.timetables.svg.draw import PAPER, QUIET, draw, fit, text_width, write
from worker.timetables.svg.layout import LABELS, MARGIN, TODAY, WIDTH, Layout
from worker.timetables.svg.legend import draw_legend, items, lines
from worker.timetables.svg.marks import RED
from worker.timetables.svg.rows import BAR_EDGE, draw_bands, draw_rows

TITLE_LETTERS, NOTE_LETTERS, TODAY_LETTERS = 5.2, 3.0, 2.7


def svg(timetable: Timetable) -> str:
    """The picture as a document of its own: 420 mm wide, 297 mm high or, for more than eighty rows, higher.

    Letters are 2.4 mm or larger. It needs no script and no font of its own.
    """
    rows = timetable.rows()
    levels = levels_for(timetable.span, WIDTH - 2 * MARGIN - LABELS)
    legend = lines(items(rows))
    layout = Layout(timetable.span, len(rows), len(levels), len(legend))
    root = _sheet(timetable, rows, layout)
    draw_bands(root, layout)
    draw_axis(root, layout, levels)
    draw_rows(draw(root, "g", role="list", aria_label=say("timetables.rows")), timetable, rows, layout)
    _draw_today(root, timetable, layout)
    draw_legend(root, legend, layout.legend_top)
    indent(root, space=" ")
    return tostring(root, encoding="unicode") + "\n"


def _sheet(timetable: Timetable, rows: tuple[Row, ...], layout: Layout) -> Element:
    """The root with what stands above the axis. Its role lets a screen reader go in, which `img` would not."""
    size = {"width": f"{WIDTH:g}mm", "height": f"{layout.height:g}mm", "viewBox": f"0 0 {WIDTH:g} {layout.height:g}"}
    names = {"role": "group", "aria-labelledby": "hlasatel-title", "aria-describedby": "hlasatel-description"}
    root = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", **size, **names, "lang": language(), "font-family": "sans-serif",
    })  # fmt: skip
    title = printable(timetable.plan.title)
    draw(root, "title", id="hlasatel-title").text = say("timetables.picture_title", title=title)
    draw(root, "desc", id="hlasatel-description").text = _description(timetable, rows)
    # Printed from a browser, the sheet is chosen by itself; nothing else depends on this rule.
    draw(root, "style").text = f"@page {{ size: {WIDTH:g}mm {layout.height:g}mm; margin: 0 }}"
    _draw_hatch(root)
    draw(root, "rect", width=WIDTH, height=layout.height, fill=PAPER)
    heading = draw(root, "g", aria_hidden="true")
    note = say("timetables.picture_note", now=local(timetable.now), **_span(timetable.span))
    write(heading, layout.right, MARGIN + 5, note, NOTE_LETTERS, fill=QUIET, anchor="end")
    room = layout.right - MARGIN - text_width(note, NOTE_LETTERS) - 4
    letters = max(3.4, min(TITLE_LETTERS, TITLE_LETTERS * room / text_width(title, TITLE_LETTERS, bold=True)))
    write(heading, MARGIN, MARGIN + 5, fit(title, letters, room, bold=True), letters, bold=True)
    return root


def _description(timetable: Timetable, rows: tuple[Row, ...]) -> str:
    """What the picture holds, in numbers, and where the same is to be had as a table."""
    numbers: dict[str, int] = {}
    for entry in timetable.entries:
        numbers[entry.state] = numbers.get(entry.state, 0) + 1
    states = ", ".join(f"{say(f'states.{state}')} {number}" for state, number in sorted(numbers.items()))
    return say(
        "timetables.picture_description", rows=len(rows), entries=len(timetable.entries), states=states or "0",
        unmet=sum(len(row.unmet) for row in rows), **_span(timetable.span),
    )  # fmt: skip


def _span(span: Window) -> dict[str, str]:
    return {"start": short_day(span.start), "end": short_day(span.end)}


def _draw_hatch(root: Element) -> None:
    pattern = draw(
        draw(root, "defs"), "pattern", id="hlasatel-hatch", width=1.6, height=1.6, patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )  # fmt: skip
    draw(pattern, "rect", width=1.6, height=1.6, fill=PAPER)
    draw(pattern, "rect", width=0.35, height=1.6, fill=BAR_EDGE)


def _draw_today(root: Element, timetable: Timetable, layout: Layout) -> None:
    """A line from the axis down, with its day; none when today is not on the axis."""
    today = local_day(timetable.now)
    if today not in timetable.span:
        return
    group = draw(root, "g", aria_hidden="true")
    x, text = layout.x_of(timetable.now), say("timetables.today", day=short_day(today))
    half = text_width(text, TODAY_LETTERS, bold=True) / 2
    draw(group, "path", d=f"M{x:.2f} {layout.axis_bottom:.2f}V{layout.bottom:.2f}", stroke=RED, stroke_width=0.35)
    middle = min(max(x, layout.left + half + 1), layout.right - half - 1)
    draw(
        group, "rect", x=middle - half - 0.8, y=layout.axis_bottom + 0.3, width=2 * half + 1.6, height=TODAY - 0.6,
        rx=0.6, fill=RED,
    )  # fmt: skip
    write(group, middle, layout.axis_bottom + 3, text, TODAY_LETTERS, fill=PAPER, anchor="middle", bold=True)
