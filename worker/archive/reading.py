"""A text as the public reads it: as it went out, without the parts that are its recipient's alone."""

from __future__ import annotations

import re
from html import escape

from worker.drafting.files import with_images
from worker.drafting.paste import ONLY_IN_MAIL
from worker.drafting.slots import NEUTRAL_GREETING, fill

_TEXT_FOOT = re.compile(r"^-- $.*", re.DOTALL | re.MULTILINE)
"""The signature mark and what follows it (RFC 3676 §4.3)."""
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_MARK = (
    '<div role="note" style="margin:0;padding:14px 28px;background-color:#fff3d6;color:#1a1a1a;'
    'border-bottom:3px solid #8a6100;font:16px/1.5 Arial,Helvetica,sans-serif">{}</div>'
)


def page(html: str, *, files: str, leave: str, mark: str) -> str:
    """The HTML of a mail as a page of its own.

    `files` is where the draft's files are, with a slash at its end; `leave` stands where a recipient's way to leave
    would; `mark` is said above everything, '' for nothing.
    """
    bare = ONLY_IN_MAIL.sub("", html)
    bare = with_images(bare, lambda name: escape(files + name))
    shown = fill(bare, greeting=NEUTRAL_GREETING, unsubscribe=leave, html=True)
    shown = _after(_HEAD, shown, '<base target="_top">')  # in a frame, a link leads the whole page on
    return _after(_BODY, shown, _MARK.format(escape(mark))) if mark else shown


def plain(text: str, *, leave: str) -> str:
    """The text of what has no HTML, or of a mail without its foot."""
    return fill(_TEXT_FOOT.sub("", text), greeting=NEUTRAL_GREETING, unsubscribe=leave, html=False).strip()


def _after(place: re.Pattern[str], html: str, addition: str) -> str:
    """`html` with `addition` behind the first `place`, or before everything when there is none."""
    found = place.search(html)
    at = found.end() if found else 0
    return html[:at] + addition + html[at:]
