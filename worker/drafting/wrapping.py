"""Lines of the text part: short enough for every mail program, never broken inside an address."""

from __future__ import annotations

import re
import textwrap

from worker.drafting.typography import typeset

WIDTH = 76  # RFC 5322 2.1.1 recommends 78 at most; 76 also survives quoted-printable unbroken
UNBROKEN = 1_000_000  # columns, more than a field may have characters

_BULLET = re.compile(r"[-*•]|\d+\.")


def wrap(text: str, indent: str = "", hanging: str | None = None, width: int = WIDTH) -> str:
    """Paragraphs of `text` (parted by blank lines) typeset and filled to `width` columns; a longer word keeps its line.

    Typesetting comes first: what a no-break space holds together then stays on one line.
    """
    follow = indent if hanging is None else hanging
    return "\n\n".join(
        textwrap.fill(
            typeset(paragraph),
            width,
            initial_indent=indent,
            subsequent_indent=follow,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in text.strip("\n").split("\n\n")
    )


def lines(text: str) -> str:
    """`text` with its own line ends kept and each line filled, for addresses and contacts."""
    return "\n".join(wrap(line) if line.strip() else "" for line in text.split("\n"))


def unwrapped(text: str) -> str:
    """What `wrap` made, for a page that fills its lines itself: paragraphs on one line each, rules (`=====`) left out.

    A line goes on where the next one's first word would not have fitted any more; other line ends are the author's.
    """
    result: list[str] = []
    before = ""
    for line in text.split("\n"):
        if line and not line.strip("="):
            continue
        first = line.lstrip().split(" ", 1)[0]
        full = len(before) + 1 + len(first) > WIDTH
        if before and first and full and not _BULLET.fullmatch(first) and "|" not in line:
            result[-1] += f" {line.lstrip()}"
        else:
            result.append(line)
        before = line
    return "\n".join(result)
