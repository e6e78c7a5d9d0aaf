"""The archive as a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), for whoever reads JSON rather than XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from worker.archive.entries import MOST_ENTRIES, instant, summary, tags, title
from worker.archive.items import Item
from worker.drafting.public_page import PATH, public_address
from worker.messages import say
from worker.settings import Settings

MEDIA_TYPE = "application/feed+json"


def json_feed(items: Sequence[Item], settings: Settings, at: str) -> bytes:
    """The newest entries, UTF-8. `items` newest first, `at` the base address of the pages the feed leads to."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": say("archive.feed_title", organisation=settings.organisation.name),
        "home_page_url": f"{at}/{PATH}",
        "feed_url": f"{at}/{PATH}/feed.json",
        "language": "cs",
        "authors": [{"name": settings.organisation.office, "url": settings.organisation.website}],
        "items": [_entry(item, settings.base_url, at) for item in items[:MOST_ENTRIES]],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _entry(item: Item, base: str, at: str) -> dict[str, Any]:
    return {
        "id": public_address(base, item.occurrence_id),
        "url": public_address(at, item.occurrence_id),
        "title": title(item),
        "content_text": summary(item),
        "date_published": instant(item.public_since),
        "date_modified": instant(item.changed),
        "tags": [words for _, words in tags(item)],
    }
