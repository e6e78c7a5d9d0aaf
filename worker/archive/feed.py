"""The archive as an Atom feed (RFC 4287) that newsrooms and readers subscribe to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring

from worker.archive.entries import MOST_ENTRIES, instant, summary, tags, title
from worker.archive.items import Item
from worker.drafting.public_page import PATH, public_address
from worker.forms.characters import printable
from worker.messages import say
from worker.settings import Settings

_NAMESPACE = "http://www.w3.org/2005/Atom"
_DECLARATION, _END = "<?xml version='1.0' encoding='utf-8'?>\n", "</feed>"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom(items: Sequence[Item], settings: Settings, at: str) -> bytes:
    """The newest entries, UTF-8. `items` newest first; the same items give the same bytes.

    `at` is the base address of the pages it leads to: a static copy has one of its own, its ids are those of the
    original.
    """
    base, place = settings.base_url, f"{at}/{PATH}"
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "cs"})
    SubElement(feed, "id").text = f"{base}/{PATH}"
    SubElement(feed, "title").text = printable(say("archive.feed_title", organisation=settings.organisation.name))
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": place})
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{place}/atom.xml"})
    SubElement(feed, "updated").text = instant(max((item.changed for item in items), default=_NEVER))
    SubElement(SubElement(feed, "author"), "name").text = printable(settings.organisation.office)
    head = tostring(feed, encoding="unicode").removesuffix(_END)
    entries = (
        _entry(
            item.occurrence_id, title(item), item.public_since, item.changed, tuple(tags(item)), summary(item), base, at
        )
        for item in items[:MOST_ENTRIES]
    )
    return "".join([_DECLARATION, head, *entries, _END]).encode()


@lru_cache(maxsize=4 * MOST_ENTRIES)  # every reader's program asks for the same ones, day and night
def _entry(
    occurrence: str, titled: str, since: datetime, changed: datetime, tagged: tuple[tuple[str, str], ...], told: str,
    base: str, at: str,
) -> str:  # fmt: skip
    entry = Element("entry")
    SubElement(entry, "id").text = public_address(base, occurrence)
    SubElement(entry, "title").text = printable(titled)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": public_address(at, occurrence)})
    SubElement(entry, "published").text = instant(since)
    SubElement(entry, "updated").text = instant(changed)
    for term, label in tagged:
        SubElement(entry, "category", {"term": term, "label": label})
    SubElement(entry, "summary").text = printable(told)
    return tostring(entry, encoding="unicode")
