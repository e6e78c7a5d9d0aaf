"""The archive as an Atom feed (RFC 4287) that newsrooms and readers subscribe to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from worker.archive.items import Item
from worker.drafting.public_page import PATH, public_address
from worker.messages import say
from worker.settings import Settings

MOST_ENTRIES = 50
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom(items: Sequence[Item], settings: Settings) -> bytes:
    """The newest entries, UTF-8. `items` newest first; the same items give the same bytes."""
    base, place = settings.base_url, f"{settings.base_url}/{PATH}"
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "cs"})
    SubElement(feed, "id").text = place
    SubElement(feed, "title").text = say("archive.feed_title", organisation=settings.organisation.name)
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": place})
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{place}/atom.xml"})
    SubElement(feed, "updated").text = _instant(max((_changed(item) for item in items), default=_NEVER))
    SubElement(SubElement(feed, "author"), "name").text = settings.organisation.office
    for item in items[:MOST_ENTRIES]:
        feed.append(_entry(item, public_address(base, item.occurrence_id)))
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(item: Item, address: str) -> Element:
    entry = Element("entry")
    SubElement(entry, "id").text = address
    SubElement(entry, "title").text = _printable(_title(item))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    SubElement(entry, "published").text = _instant(item.public_since)
    SubElement(entry, "updated").text = _instant(_changed(item))
    summary = "" if item.withdrawn else str(item.drafts[0].fields.get("perex", ""))
    SubElement(entry, "summary").text = _printable(summary or _title(item))
    return entry


def _title(item: Item) -> str:
    if item.withdrawn is not None:
        return say("archive.withdrawn_title", title=item.title)
    return say("archive.corrected_title", title=item.title) if item.corrected_by else item.title


def _changed(item: Item) -> datetime:
    return max(item.public_since, item.withdrawn.at) if item.withdrawn is not None else item.public_since


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    """What XML 1.0 can hold."""
    return "".join(char for char in text if char in "\t\n" or (ord(char) >= 0x20 and char not in "\ufffe\uffff"))
