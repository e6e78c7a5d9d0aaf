"""A first look at a feed's text by expat, which is quick: feedparser takes half a minute over two hostile megabytes."""

from __future__ import annotations

import re
from xml.parsers import expat

from worker.outbound.trouble import Trouble

MOST_TAGS, DEEPEST = 20_000, 50
"""Two hundred news have some three thousand tags."""
MOST_ATTRIBUTES, MOST_EQUALS = 100, 10_000
"""Of one tag, and signs of equality in a feed that is no XML: feedparser's time grows with their square."""
_ROOTS = {"rss", "feed", "rdf", "channel"}


class _Shape:
    """Counts tags; Trouble at the first that is no feed's root, or when there are too many or too deep."""

    def __init__(self) -> None:
        self.tags = self.depth = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self.tags and name.rpartition(":")[2].lower() not in _ROOTS:
            raise Trouble(message_key="feeds.no_feed")
        self.tags += 1
        self.depth += 1
        if self.tags > MOST_TAGS or self.depth > DEEPEST or len(attributes) > MOST_ATTRIBUTES:
            raise Trouble(message_key="feeds.too_intricate")

    def end(self, name: str) -> None:
        self.depth -= 1


def screen(text: str) -> None:
    """Trouble for what is no feed, what would take long to read, and what declares entities: the matter of XML bombs
    and of reading other files.
    """
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise Trouble(message_key="feeds.entities")
    shape = _Shape()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = shape.begin, shape.end
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        # Feeds with a bare ampersand are common, and feedparser is lenient; it is slow with much of that.
        if not shape.tags:
            raise Trouble(message_key="feeds.no_feed") from error
        if text.count("<") + text.count("&") > MOST_TAGS or text.count("=") > MOST_EQUALS:
            raise Trouble(message_key="feeds.too_intricate") from error
