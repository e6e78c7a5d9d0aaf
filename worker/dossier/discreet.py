"""What people wrote, fit to be handed on: without mail addresses, and without what lets its bearer decide."""

from __future__ import annotations

import re

from worker.messages import say
from worker.notices.withheld import without_links

# Wider than RFC 5322: what merely looks like an address is left out as well.
_ADDRESS = re.compile(r"[^\s<>()\[\]„“\"',;:@]+@[^\s<>()\[\]„“\"',;:@]+\.[^\s<>()\[\]„“\"',;:@.]+")


def discreet(text: str, base_url: str) -> str:
    """`text` with every mail address, every link to our own pages and every token replaced by what it was."""
    return _ADDRESS.sub(say("dossier.address"), without_links(text, base_url))
