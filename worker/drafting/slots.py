"""The two places of a rendered mail that differ from recipient to recipient.

What was approved is byte for byte what goes out save these: they are filled after inlining, once per recipient, by
replacement alone.
"""

from __future__ import annotations

from html import escape

SLOT_GREETING = "@@greeting@@"
SLOT_UNSUBSCRIBE = "@@unsubscribe@@"
NEUTRAL_GREETING = "Dobrý den,"


def holds_slot(text: str) -> bool:
    """Whether `text` carries a slot, which nothing written by a person may."""
    return SLOT_GREETING in text or SLOT_UNSUBSCRIBE in text


def slots_of(text: str) -> tuple[int, int]:
    """How often `text` holds the greeting's and the unsubscribing slot."""
    return text.count(SLOT_GREETING), text.count(SLOT_UNSUBSCRIBE)


def fill(text: str, *, greeting: str, unsubscribe: str, html: bool) -> str:
    """`text` with the whole greeting line (comma included) and the address to unsubscribe at.

    With `html` both are escaped. The address is put in first, so a greeting that spells a slot stays as it is.
    """
    if html:
        greeting, unsubscribe = escape(greeting), escape(unsubscribe)
    return text.replace(SLOT_UNSUBSCRIBE, unsubscribe).replace(SLOT_GREETING, greeting)
