"""The two places of a rendered mail that differ from recipient to recipient.

What was approved is byte for byte what goes out save these: they are filled after inlining, once per recipient, by
replacement alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

SLOT_GREETING = "@@greeting@@"
SLOT_UNSUBSCRIBE = "@@unsubscribe@@"
NEUTRAL_GREETING = "Dobrý den,"

_SLOT = re.compile(f"({SLOT_GREETING}|{SLOT_UNSUBSCRIBE})")


def holds_slot(text: str) -> bool:
    """Whether `text` carries a slot, which nothing written by a person may."""
    return SLOT_GREETING in text or SLOT_UNSUBSCRIBE in text


def slots_of(text: str) -> tuple[int, int]:
    """How often `text` holds the greeting's and the unsubscribing slot."""
    return text.count(SLOT_GREETING), text.count(SLOT_UNSUBSCRIBE)


def parted(text: str) -> Sequence[str]:
    """`text` in pieces: each of its slots is a piece of its own."""
    return _SLOT.split(text)


def greeting_line(greeting: str) -> str:
    """The whole line, comma included, of somebody greeted so; the neutral one for an empty `greeting`."""
    return f"{greeting.rstrip(',')}," if greeting else NEUTRAL_GREETING


def fill(text: str, *, greeting: str, unsubscribe: str, html: bool) -> str:
    """`text` with the whole greeting line (comma included) and the address to unsubscribe at.

    With `html` both are escaped. A greeting that spells a slot stays as it is.
    """
    if html:
        greeting, unsubscribe = escape(greeting), escape(unsubscribe)
    values = {SLOT_GREETING: greeting, SLOT_UNSUBSCRIBE: unsubscribe}
    return "".join(values.get(piece, piece) for piece in parted(text))
