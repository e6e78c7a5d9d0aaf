"""Where the public page of an occurrence is: mails of public kinds name it as the place to read them in a browser."""

from __future__ import annotations

PATH = "archiv"
PUBLIC_TOKEN = "archiv"
"""Stands on it where a recipient's unsubscribe token would, and unsubscribes nobody."""


def public_address(base_url: str, occurrence_id: str) -> str:
    """`https://…/archiv/tiskova-zprava/2026-12`."""
    return f"{base_url}/{PATH}/{occurrence_id}"
