"""The Markdown that people may write in fields, as HTML for the mail and as plain text for its text part.

Raw HTML is shown as it was typed and images are not loaded, so that nothing a person or a source wrote can act.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from worker.drafting.wrapping import wrap

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_ORDINAL = re.compile(r"^(\s*(?:[-*+]\s+)*\d{1,9})\.(?=\s+[a-záčďéěíňóřšťúůýž\d])", re.MULTILINE)

_MARKS = re.compile(r"([\\`*_\[\]<>&#~|])")
"""What Markdown takes for more than a character (CommonMark 0.31 §2.4)."""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # most ticks word nothing and are quicker without

    return MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def _no_false_lists(text: str) -> str:
    """Keeps `8. prosince` at the start of a line a date; a numbered list goes on with a capital."""
    return _ORDINAL.sub(r"\1\\.", text)


def to_html(text: str) -> Markup:
    """Safe HTML; links only to http, https and mailto addresses."""
    return Markup(_parser().render(_no_false_lists(text)))


def literal(text: str) -> str:
    """What came from outside, spelt so that Markdown shows it as it stands."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: blank lines part paragraphs, line ends stay."""
    return Markup("").join(
        Markup("<p>{}</p>\n").format(Markup("<br>").join(escape(line) for line in paragraph.split("\n")))
        for paragraph in text.split("\n\n")
        if paragraph.strip()
    )


def to_text(text: str) -> str:
    """Plain text filled to the text part's width: lists keep their dashes, a link its address in brackets."""
    from markdown_it.tree import SyntaxTreeNode

    return "\n\n".join(_blocks(SyntaxTreeNode(_parser().parse(_no_false_lists(text))), ""))


def _blocks(node: SyntaxTreeNode, indent: str) -> list[str]:
    parts: list[str] = []
    for child in node.children:
        if child.type == "bullet_list":
            parts.append("\n".join(_item(item, indent, "- ") for item in child.children))
        elif child.type == "ordered_list":
            items = enumerate(child.children, int(child.attrs.get("start", 1)))
            parts.append("\n".join(_item(item, indent, f"{number}. ") for number, item in items))
        elif child.type == "blockquote":
            parts.extend(_blocks(child, indent + "  "))
        elif child.type in {"fence", "code_block"}:
            parts.append("\n".join(indent + line for line in child.content.rstrip("\n").split("\n")))
        elif child.type == "hr":
            parts.append(indent + "-" * 20)
        else:
            parts.append(wrap(_inline(child), indent))
    return parts


def _item(node: SyntaxTreeNode, indent: str, mark: str) -> str:
    inside = indent + " " * len(mark)
    text = "\n".join(_blocks(node, inside))
    return indent + mark + text[len(inside) :]


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in {"text", "code_inline"}:
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    inner = "".join(_inline(child) for child in node.children)
    if node.type == "link":
        address = str(node.attrs.get("href", "")).removeprefix("mailto:")
        return inner if inner == address else f"{inner} ({address})"
    return inner
