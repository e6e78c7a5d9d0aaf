"""The archive as an Atom feed (RFC 4287) that newsrooms and readers subscribe to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from worker.archive.entries import MOST_ENTRIES, instant, summary, tags, title
from worker.archive.items import Item
from worker.drafting.public_page import PATH, public_address
from worker.forms.characters import printable
from worker.messages import say
from worker.settings import Settings

_NAMESPACE = "http://www.w3.org/2005/Atom"
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
    for item in items[:MOST_ENTRIES]:
        feed.append(_entry(item, base, at))
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(item: Item, base: str, at: str) -> Element:
    entry = Element("entry")
    SubElement(entry, "id").text = public_address(base, item.occurrence_id)
    SubElement(entry, "title").text = printable(title(item))
    where = {"rel": "alternate", "type": "text/html", "href": public_address(at, item.occurrence_id)}
    SubElement(entry, "link", where)
    SubElement(entry, "published").text = instant(item.public_since)
    SubElement(entry, "updated").text = instant(item.changed)
    for term, label in tags(item):
        SubElement(entry, "category", {"term": term, "label": label})
    SubElement(entry, "summary").text = printable(summary(item))
    return entry
