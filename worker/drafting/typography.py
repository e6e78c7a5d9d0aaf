"""Czech typesetting of spaces, after the Internet Language Reference Book of the Czech Language Institute.

A no-break space keeps together what must not part at a line's end: a one-letter preposition or conjunction and its
word, a number and what it counts, a day and its month, an initial or a title and a name, a dash and the word before
it. Only spaces that are already there change, so an address or a link is never touched.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

NBSP = "\N{NO-BREAK SPACE}"

_YEAR = r"(?:19|20)\d\d"
_TITLES = r"Ing|Mgr|Bc|JUDr|MUDr|PhDr|RNDr|PaedDr|MVDr|ThDr|doc|prof|Dr"
_RULES = (
    # K, s, v, z, o, u, a, i stand before their word (also at the start of a sentence or after a bracket).
    re.compile(r"(?:(?<=^)|(?<=[\s(„‚\u00a0–]))([KkSsVvZzOoUuAaIi]) (?=\S|$)", re.MULTILINE),
    # 8. prosince, 31. 12. 2023, 2. pololetí: an ordinal and a lower-case word or a number; not a sentence's end.
    re.compile(r"((?<!\d)\d{1,2}\.) (?=[a-záčďéěíňóřšťúůýž\d])"),
    # 1 000, 485 226 111: groups of three.
    re.compile(r"((?<!\d)\d{1,3}) (?=\d{3}(?!\d))"),
    # +420 485 …: the country code and the number.
    re.compile(r"(\+\d{3}) (?=\d)"),
    # 109 opatření, 20 %, 10 Kč; a year counts nothing.
    re.compile(rf"((?<![\d.])(?!{_YEAR}(?!\d))\d+) (?=[^\W\d_]|[%‰°€])"),
    # § 5, č. 513, str. 4.
    re.compile(r"((?:(?<!\w)(?:č|str|odst|písm|čl|tel|tzv|mj|např|resp)\.|§)) (?=\S)", re.IGNORECASE),
    re.compile(rf"((?<!\w)(?:{_TITLES})\.) (?=\w)"),
    # J. Nováková: an initial and a surname.
    re.compile(r"((?<!\w)[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ]\.) (?=[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ][a-záčďéěíňóřšťúůýž])"),
    # A dash between clauses does not start a line.
    re.compile(r"(\S) (?=– )()"),
)


def typeset(text: str) -> str:
    """`text` with no-break spaces where Czech wants them and nothing else changed; safe to repeat."""
    for rule in _RULES:
        text = rule.sub(lambda found: found.group(1) + NBSP, text)
    return text


class _TextNodes(HTMLParser):
    """Copies markup as it stands and typesets the text between, save in elements whose text is not read as prose."""

    _UNTOUCHED = frozenset({"style", "script", "pre", "code"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")
        if tag in self._UNTOUCHED:
            self._inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._inside else typeset(data))

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.parts.append(f"<![{data}]>")


def typeset_html(html: str) -> str:
    """`html` with its text nodes typeset; tags, attributes, comments and style sheets stay byte for byte."""
    parser = _TextNodes()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)
