"""Characters that no file for an office program, and no feed, may hold."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Unicode's categories Cc and Cs and the two that are no characters, but the line break."""


def printable(text: str) -> str:
    """`text` without what XML and calendars may not hold: control characters save line breaks, lone surrogates."""
    return _FORBIDDEN.sub("", text.replace("\t", " "))
