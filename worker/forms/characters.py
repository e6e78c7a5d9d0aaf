"""Characters that no file for an office program, and no feed, may hold."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """`text` without what XML and calendars may not hold: control characters save line breaks, lone surrogates."""
    return "".join(char for char in text.replace("\t", " ") if char == "\n" or not _forbidden(char))


def _forbidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in "\ufffe\uffff"
