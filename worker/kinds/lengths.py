"""How long a text is, and how long beside what was agreed with whoever prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from worker.kinds.base import Kind
from worker.kinds.parts import Finding
from worker.messages import say

AGREED = "agreed_length"
"""The field that names the agreed number of characters, spaces included."""
_TOO_SHORT = 0.8  # of what was agreed; our assumption: less leaves a hole on the page
_UNPRINTED = re.compile(r"[*_`]+|^ *[-+] +", re.MULTILINE)  # Markdown's emphasis and the dashes of its lists
_NUMBER = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+)(?:\s*znak\w*)?")


def characters(kind: Kind, fields: Mapping[str, str]) -> int:
    """How many characters, spaces included, the fields have that are counted; 0 where nobody counts any.

    What goes beside a text, a link or a picture's description, is no part of it; Markdown's marks are not printed.
    """
    counted = [(field, fields.get(field.id, "")) for field in kind.fields if field.id in kind.counted]
    return sum(len((_UNPRINTED.sub("", text) if field.markdown else text).strip()) for field, text in counted)


def against_agreed(kind: Kind, fields: Mapping[str, str]) -> Iterator[Finding]:
    """One warning unless the counted fields together have the agreed length, or something near it."""
    length, written = characters(kind, fields), fields.get(AGREED, "").strip()
    if not length:
        return
    agreed = agreed_characters(written)
    if agreed is None:
        key = "written.length_unreadable" if written else "written.length_not_agreed"
        yield Finding("warning", "length-not-agreed", say(key, length=length, value=written[:80]))
    elif length > agreed:
        values = {"length": length, "agreed": agreed, "over": length - agreed}
        yield Finding("warning", "too-long", say("written.too_long", **values))
    elif length < agreed * _TOO_SHORT:
        values = {"length": length, "agreed": agreed, "under": agreed - length}
        yield Finding("warning", "too-short", say("written.too_short", **values))


def agreed_characters(text: str) -> int | None:
    """The number that `3600`, `3 600` or `3 600 znaků` names; None for anything else, and for none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(re.sub(r"\D", "", found[1])) or None if found else None
