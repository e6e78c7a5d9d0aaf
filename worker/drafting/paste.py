"""An approved text as HTML to be pasted into somebody else's page: plain elements, no style, nothing that acts.

A mail's HTML loses its layout; a text without HTML gets the elements that its parts ask for. No word is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Row

from worker.drafting.files import with_images
from worker.drafting.markdown import flowing, to_html
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.typography import typeset, typeset_html
from worker.kinds import Field, find
from worker.typed import is_web_address

ONLY_IN_MAIL = re.compile(r"<!--only-in-mail-->.*?<!--/only-in-mail-->", re.DOTALL)
"""What `templates/email/base.html` marks: why somebody gets the mail, and the way to leave."""

_KEPT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "p", "ul", "li", "strong", "em", "blockquote", "br", "hr"), frozenset()),
    **dict.fromkeys(("table", "caption", "thead", "tbody", "tr"), frozenset()),
    "ol": frozenset({"start"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "div": frozenset({"lang"}),
    "th": frozenset({"scope", "colspan", "rowspan"}),
    "td": frozenset({"colspan", "rowspan"}),
}
_OTHER_NAMES = {"b": "strong", "i": "em"}
_VOID = frozenset({"br", "hr", "img"})
_SILENT = frozenset({"head", "script", "style", "title", "template", "iframe", "object", "svg", "math"})
"""Left out with all that is in them."""
_FRAME = frozenset({"preheader", "browser", "logo", "strip", "foot"})
"""Classes of `templates/email/base.html` that frame a mail: another page has a frame of its own."""
_TABLE = frozenset({"table", "caption", "thead", "tbody", "tr", "th", "td"})
_ADDRESS = re.compile(r"(?<![\w/])https?://[^\s<>\"“„]*[^\s<>\"“„.,;:!?)]")
_FILE = re.compile(r"(?:cid:)?[\w.@-]+")
_BLANK_LINES = re.compile(r"\n\s*\n+")


def fragment(draft: Row[Any], *, addressed: bool = False) -> str:
    """The draft as HTML; its pictures by the names of their files, or `addressed` as within the mail (`cid:…`).

    The same at every call.
    """
    return _of_html(draft.html, addressed) if draft.html else _of_text(draft.kind, draft.text, draft.fields)


def plain(draft: Row[Any]) -> str:
    """The same text without any elements."""
    return _filled(draft.text, html=False).strip()


def _filled(text: str, *, html: bool) -> str:
    return fill(text, greeting=NEUTRAL_GREETING, unsubscribe="", html=html)


def _of_html(html: str, addressed: bool) -> str:
    # A document's letterhead has the funder's emblem already.
    reader, bare = _Reader(_FRAME | {"emblem"} if addressed else _FRAME), ONLY_IN_MAIL.sub("", html)
    reader.feed(_filled(bare if addressed else with_images(bare, str), html=True))
    reader.close()
    return _BLANK_LINES.sub("\n", "".join(reader.out)).strip() + "\n"


class _Reader(HTMLParser):
    """Keeps the elements and attributes of `_KEPT`; of every other element its words alone.

    What has a class of `frame` is left out.
    """

    def __init__(self, frame: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._frame = frame
        self.out: list[str] = []
        self._open: list[tuple[str, str]] = []  # the element as it came, and as it is kept ("" for not at all)
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        hidden = tag in _SILENT or not self._frame.isdisjoint(values.get("class", "").split())
        if tag not in _VOID and tag != "meta":
            self._silent += hidden or self._silent > 0
            self._open.append((tag, "" if self._silent else self._name(tag, values)))
        if self._silent or hidden:
            return
        name = self._open[-1][1] if tag not in _VOID else tag
        if name:
            kept = [key for key in values if key in _KEPT[name] and _is_safe(key, values[key])]
            self.out.append(f"<{name}{''.join(_attribute(key, values[key]) for key in kept)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not any(came == tag for came, _ in self._open):
            return
        while True:
            came, name = self._open.pop()
            self._silent -= self._silent > 0
            if name:
                self.out.append(f"</{name}>" + ("\n" if name not in ("strong", "em", "a") else ""))
            if came == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(escape(data, quote=False))

    def _name(self, tag: str, values: Mapping[str, str]) -> str:
        """What the element is called here; empty for one that only lays out."""
        name = _OTHER_NAMES.get(tag, tag)
        if name in _TABLE and (values.get("role") == "presentation" or (name != "table" and not self._in_table())):
            return ""
        if name == "div":
            return "div" if values.get("lang") else ""
        if name == "a":
            return "a" if _is_safe("href", values.get("href", "")) else ""
        return name if name in _KEPT else ""

    def _in_table(self) -> bool:
        """Whether the nearest table is one of figures, and not of the layout."""
        tables = [kept for came, kept in self._open if came == "table"]
        return bool(tables) and tables[-1] == "table"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"'


def _is_safe(name: str, value: str) -> bool:
    if name == "href":
        return is_web_address(value) or value.startswith("mailto:")
    if name == "src":
        return _FILE.fullmatch(value) is not None
    return name in ("alt", "lang", "scope") or value.isdecimal()


def _of_text(kind_id: str, text: str, fields: Mapping[str, str]) -> str:
    kind = find(kind_id)
    defined = kind.fields if kind is not None else ()
    rest = _filled(text, html=False).strip()
    made: list[str] = []
    marked = {shown: each for each in defined if each.markdown and (shown := _as_shown(fields.get(each.id, "")))}
    typed = "\n".join(typeset(fields.get(each.id, "")) for each in defined if not each.markdown)
    while rest:
        there = [(rest.find(shown), -len(shown), shown) for shown in marked if shown in rest]
        at, _, shown = min(there, default=(len(rest), 0, ""))
        made += _blocks(rest[:at], typed, first=not made)
        if shown:
            made.append(_marked(marked[shown], fields))
        rest = rest[at + len(shown) :]
    return "\n".join(made) + "\n"


def _as_shown(value: str) -> str:
    """What a part with Markdown is in a text: the same words in one line a paragraph."""
    return typeset(flowing(value)).strip()


def _marked(field: Field, fields: Mapping[str, str]) -> str:
    html = typeset_html(str(to_html(fields[field.id]))).strip()
    return html if field.lang == "cs" else f'<div lang="{field.lang}">\n{html}\n</div>'


def _blocks(text: str, typed: str, *, first: bool) -> Iterator[str]:
    """Paragraphs as elements: the first line of a text heads it, words that nobody typed head what follows."""
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.strip().split("\n") if line.strip()]
        if not lines:
            continue
        if first and len(lines) == 1:
            yield f"<h2>{escape(lines.pop(), quote=False)}</h2>"
        elif lines[0] not in typed and ":" not in lines[0] and _ADDRESS.search(lines[0]) is None:
            yield f"<h3>{escape(lines.pop(0), quote=False)}</h3>"
        first = False
        if lines:
            yield f"<p>{'<br>'.join(map(_linked, lines))}</p>"


def _linked(line: str) -> str:
    """A line with its web addresses as links."""
    result, end = "", 0
    for found in _ADDRESS.finditer(line):
        shown = escape(found.group())
        result += f'{escape(line[end : found.start()], quote=False)}<a href="{shown}">{shown}</a>'
        end = found.end()
    return result + escape(line[end:], quote=False)
