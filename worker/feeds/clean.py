"""What a feed wrote, as plain text and addresses that can do no harm wherever a draft puts them."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from urllib.parse import urljoin, urlsplit

TURNED = "turned"
"""Doubt: characters were taken out that turn the text round or hide."""
NO_LINK = "no-link"
"""Doubt: there is no address that may be followed."""
FOREIGN_HOST = "foreign-host"
"""Doubt: the address is spelt with letters that Latin ones can be mistaken for."""

LONGEST_LINK = 500


def plain(text: str, most: int) -> str:
    """One line of plain text, at most `most` characters: no tags, scripts or controls, spaces single, NFC.

    What is inside `script` and `style` goes with them. A text that is longer ends with an ellipsis.
    """
    import nh3  # only where something is read: most ticks read nothing

    # Cut before it is parsed: the rest would be thrown away, and parsing costs by the length.
    bare = unescape(nh3.clean(text[: most * 20], tags=set(), clean_content_tags={"script", "style"}))
    seen = "".join(" " if _is_space(char) else char for char in bare if _is_space(char) or not _hides(char))
    # Two at signs in a row mark a recipient's place in a letter (drafting.slots), which no feed may fill.
    line = re.sub("@{2,}", "@", " ".join(unicodedata.normalize("NFC", seen).split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def address(text: str, base: str) -> str:
    """The web address that `text` means at `base`; empty for every other scheme, and for what is no address."""
    if not text.strip():
        return ""
    try:
        full = urljoin(base, text.strip())
        parts = urlsplit(full)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        usable = usable and parts.port != 0
    except ValueError:
        return ""
    if (
        not usable
        or len(full) > LONGEST_LINK
        or not full.isprintable()
        or any(char in full for char in " <>\"'\\`@{}|^")
    ):
        return ""
    return full


def doubts(title: str, link: str) -> list[str]:
    """Codes of what an approver should look at in news whose feed wrote this `title`, not yet made plain.

    Letters that only look like Latin ones are left in, and are remarked on in every draft (worker.plain).
    """
    written = unescape(unescape(title))
    found = {
        TURNED: any(unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs"} and not _usual(char) for char in written),
        NO_LINK: not link,
        FOREIGN_HOST: _foreign(urlsplit(link).hostname or ""),
    }
    return [code for code, is_so in found.items() if is_so]


def _usual(char: str) -> bool:
    return _is_space(char) or char == "\u00ad"


def _is_space(char: str) -> bool:
    return char.isspace() or unicodedata.category(char).startswith("Z")


def _hides(char: str) -> bool:
    """Controls, direction overrides, soft hyphens, private use, half characters and what is not assigned."""
    return unicodedata.category(char).startswith("C")


def _foreign(host: str) -> bool:
    return not host.isascii() or any(part.startswith("xn--") for part in host.split("."))
