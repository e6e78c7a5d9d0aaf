"""What people wrote, fit to be handed on: without mail addresses, and without links that let their bearer decide."""

from __future__ import annotations

import re

from worker.messages import say

# Wider than RFC 5322: what merely looks like an address is left out as well.
_ADDRESS = re.compile(r"[^\s<>()\[\]„“\"',;:@]+@[^\s<>()\[\]„“\"',;:@]+\.[^\s<>()\[\]„“\"',;:@.]+")
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)
"""256 bits in base64url (RFC 4648 §5), as every token in a mail is written."""


def discreet(text: str, base_url: str) -> str:
    """`text` with every mail address, every link to our own pages and every token replaced by what it was.

    An answer by mail quotes the mail it answers, and in that stood the link of its reader.
    """
    link = re.compile(re.escape(base_url.rstrip("/")) + r"/[^\s<>\"]+")
    for pattern, word in ((link, "dossier.link"), (_ADDRESS, "dossier.address"), (_TOKEN, "dossier.link")):
        text = pattern.sub(say(word), text)
    return text
