"""The Markdown that people may write in fields, as HTML for the mail and as plain text for its text part.

Raw HTML is shown as it was typed and images are not loaded, so that nothing a person or a source wrote can act.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from worker.drafting.wrapping import UNBROKEN, WIDTH, wrap

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_ORDINAL = re.compile(r"^([^\S\n]*(?:[-*+][^\S\n]+)*\d{1,9})\.(?=\s+[a-záčďéěíňóřšťúůýž\d])", re.MULTILINE)

_MARKS = re.compile(r"([\\`*_\[\]<>&#~|])")
"""What Markdown takes for more than a character (CommonMark 0.31 §2.4)."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
"""Everything that a backslash takes the meaning of (CommonMark 0.31 §2.4)."""


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


class AsTyped(str):
    """A text of a person's that is no Markdown, on its way into a document that is."""

    __slots__ = ()


def as_typed(value: Any) -> Any:
    """For the place where a template puts a value: an `AsTyped` spelt so that Markdown shows it, line ends kept."""
    if not isinstance(value, AsTyped):
        return value
    return "\n\n".join(
        "\\\n".join(_PUNCTUATION.sub(r"\\\1", line.strip()) for line in paragraph.split("\n"))
        for paragraph in value.split("\n\n")
    )


def bold(text: str) -> str:
    """Every paragraph of a text that is no Markdown, in strong type."""
    return "\n\n".join(f"**{as_typed(AsTyped(each.strip()))}**" for each in text.split("\n\n") if each.strip())


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: blank lines part paragraphs, line ends stay."""
    return Markup("").join(
        Markup("<p>{}</p>\n").format(Markup("<br>").join(escape(line) for line in paragraph.split("\n")))
        for paragraph in text.split("\n\n")
        if paragraph.strip()
    )


def to_text(text: str, width: int = WIDTH) -> str:
    """Plain text filled to `width` columns: lists keep their dashes, a link its address in brackets."""
    from markdown_it.tree import SyntaxTreeNode

    return "\n\n".join(_blocks(SyntaxTreeNode(_parser().parse(_no_false_lists(text))), "", width))


def flowing(text: str) -> str:
    """The same with each paragraph on one line, for a text that somebody pastes elsewhere."""
    return to_text(text, UNBROKEN)


def _blocks(node: SyntaxTreeNode, indent: str, width: int) -> list[str]:
    parts: list[str] = []
    for child in node.children:
        if child.type == "bullet_list":
            parts.append("\n".join(_item(item, indent, "- ", width) for item in child.children))
        elif child.type == "ordered_list":
            items = enumerate(child.children, int(child.attrs.get("start", 1)))
            parts.append("\n".join(_item(item, indent, f"{number}. ", width) for number, item in items))
        elif child.type == "blockquote":
            parts.extend(_blocks(child, indent + "  ", width))
        elif child.type in {"fence", "code_block"}:
            parts.append("\n".join(indent + line for line in child.content.rstrip("\n").split("\n")))
        elif child.type == "hr":
            parts.append(indent + "-" * 20)
        else:
            parts.append(wrap(_inline(child), indent, width=width))
    return parts


def _item(node: SyntaxTreeNode, indent: str, mark: str, width: int) -> str:
    inside = indent + " " * len(mark)
    text = "\n".join(_blocks(node, inside, width))
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
