"""The words of an HTML mail as plain text, in one pass over whatever it holds.

The standard library's HTMLParser takes time that grows with the square of a hostile text (100 KB of `<a <a <a …` took
it minutes), so tags are found here by a scanner that never looks at a character twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_NAME = re.compile(r"[a-z][a-z0-9]*")
_UNSHOWN = frozenset({"script", "style", "head", "title", "template", "xml", "object", "svg", "noscript"})
_BREAKING = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
})  # fmt: skip
_QUOTE = "> "


def text_of(markup: str) -> str:
    """The text, a line for each block, with `> ` before every line that stands in a blockquote."""
    lines: list[str] = [""]
    quoted = [0]
    depth, unshown = 0, ""
    for tag, text in _pieces(markup):
        if text and not unshown:
            lines[-1] += re.sub(r"\s+", " ", html.unescape(text))
        name = tag.strip("/")
        if unshown:
            unshown = "" if tag == f"/{unshown}" else unshown
            continue
        if name in _UNSHOWN and tag == name:
            unshown = name
        if name == "blockquote":
            depth = max(depth + (-1 if tag.startswith("/") else 1), 0)
        if name in _BREAKING:
            lines.append("")
            quoted.append(depth)
    return "\n".join(
        f"{_QUOTE if deep else ''}{line.strip()}".rstrip() for line, deep in zip(lines, quoted, strict=True)
    )


def _pieces(markup: str) -> Iterator[tuple[str, str]]:
    """Text and tags in their order as (tag, text before it); a closing tag begins with a slash, a comment is empty."""
    at = 0
    while at < len(markup):
        begins = markup.find("<", at)
        if begins < 0:
            yield "", markup[at:]
            return
        comment = markup.startswith("<!--", begins)
        ends = markup.find("-->" if comment else ">", begins)
        if ends < 0:  # never closed: the rest is no text that anybody was shown
            yield "", markup[at:begins]
            return
        inside = markup[begins + 1 : begins + 40].lower()
        closing = inside.startswith("/")
        name = _NAME.match(inside, 1 if closing else 0)
        tag = "" if comment or name is None else f"{'/' if closing else ''}{name[0]}"
        yield tag, markup[at:begins]
        at = ends + (3 if comment else 1)
