"""Leaving by mail: what List-Unsubscribe offers beside the page (RFC 2369 §3.2), and how such a mail is known again.

The token stands in the subject: the mailbox for answers needs no address for every recipient.
"""

from __future__ import annotations

import re
from urllib.parse import quote

SUBJECT = "odhlasit-"
_SUBJECT = re.compile(rf"(?<![\w-]){SUBJECT}([\w-]{{22}})(?![\w-])", re.ASCII)


def address(mailbox: str) -> str:
    """`mailto:…?subject=…` (RFC 6068) but for the token at its end."""
    return f"mailto:{quote(mailbox, safe='@!$*+')}?subject={SUBJECT}"


def token_in(subject: str) -> str:
    """The token of somebody who wants to leave; empty for every other subject."""
    found = _SUBJECT.search(subject)
    return found[1] if found else ""
