"""SVG elements. Styles are attributes: a page whose policy forbids inline styles shows the picture all the same."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from worker.forms.characters import printable

INK, QUIET, PAPER = "#1b1f24", "#444b54", "#ffffff"
SMALLEST = 2.4
"""Millimetres: the smallest letters that are read on a wall's A3."""

_NARROW_TO_WIDE = (
    (0.28, "'ijlí"),
    (0.32, "IJÍ ,.·\N{NO-BREAK SPACE}"),
    (0.37, "/:;\\|f-"),
    (0.42, '()[]tť!rř"'),
    (0.53, "*_`–§°„“”szšž"),
    (0.56, "?cčL"),
    (0.62, "FkvxyýPTYaeoáéěóŤÝ"),
    (0.64, "$0123456789ESbdghnpqu{}ďňúůÉĚŠ€"),
    (0.7, "KABVXZÁŽCRČŘ"),
    (0.79, "UÚŮNŇH&DGĎOQÓ"),
    (0.88, "w#+<=>^~×M"),
)
_WIDTHS = {char: width for width, chars in _NARROW_TO_WIDE for char in chars}
_WIDEST, _BOLD = 1.0, 1.12
"""In parts of the size of the letters. The widths are those of DejaVu Sans, wider than any other sans serif in use."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide `text` will be at most, in millimetres, when its letters are `size` millimetres."""
    return sum(_WIDTHS.get(char, _WIDEST) for char in text) * size * (_BOLD if bold else 1)


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """`text`, cut at a word and marked as cut when it is wider than `room` millimetres; empty when nothing fits."""
    if text_width(text, size, bold=bold) <= room:
        return text
    kept = ""
    for char in text:
        if text_width(f"{kept}{char}…", size, bold=bold) > room:
            break
        kept += char
    whole = kept.rsplit(" ", 1)[0] if " " in kept else kept
    return f"{whole.rstrip(' ,;–·')}…" if whole else ""


def wrap(text: str, size: float, room: float, lines: int) -> list[str]:
    """`text` on up to `lines` lines of `room` millimetres, broken at spaces; the last is cut as `fit` does."""
    words = text.split(" ")
    broken = [words[0]]
    for position, word in enumerate(words[1:], start=1):
        if text_width(f"{broken[-1]} {word}", size) <= room:
            broken[-1] += f" {word}"
        elif len(broken) < lines:
            broken.append(word)
        else:
            broken[-1] = " ".join([broken[-1], *words[position:]])
            break
    return [fit(line, size, room) for line in broken]


def draw(parent: Element, tag: str, **attributes: str | float) -> Element:
    """A new element at the end of `parent`; `stroke_width` stands for `stroke-width`."""
    return SubElement(parent, tag, {name.replace("_", "-"): _written(value) for name, value in attributes.items()})


def write(
    parent: Element, x: float, y: float, text: str, size: float, *, fill: str = INK, anchor: str = "start",
    bold: bool = False,
) -> Element:  # fmt: skip
    """A line of text whose baseline is at `y`."""
    weight = {"font_weight": "bold"} if bold else {}
    element = draw(parent, "text", x=x, y=y, font_size=size, fill=fill, text_anchor=anchor, **weight)
    element.text = printable(text)
    return element


def picture(parent: Element, title: str, **attributes: str | float) -> Element:
    """A group that a screen reader reads, and a pointer shows, as `title`."""
    group = draw(parent, "g", role="img", **attributes)
    draw(group, "title").text = printable(title)
    return group


def _written(value: str | float) -> str:
    return printable(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
