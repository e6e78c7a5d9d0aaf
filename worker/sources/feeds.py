"""Partners' news from their feeds, for the section "Z webů partnerů"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import time, timedelta

from worker.sources.base import JSON, FeedItem, FeedNews, Source, SourceContext
from worker.times import local_day, local_instant

WINDOW = timedelta(days=60)
"""News older than this are none, however long ago the last issue was. Our assumption."""
MOST, MOST_OF_ONE = 8, 4
"""Of the newest, so that no single site fills the section."""


class Feeds(Source):
    """News since the activity's last occurrence went out, newest first; without any, `reason` is the message key
    that says why. `silent` names the feeds that could not be read lately, whose news may be missing.
    """

    id = "feeds"

    def gather(self, context: SourceContext) -> JSON:
        """`day` is null where the feed names none that can be true; `link` may be empty; `doubts` are codes."""
        since = max(
            context.last_sent or local_instant(context.plan.window.start, time()),
            context.now - WINDOW,
        )
        found = context.feed_news(since, context.now)
        items = list(_spread(found.items))
        return {
            "since": local_day(since).isoformat(),
            "items": [
                {
                    "id": item.id,
                    "source": item.source,
                    "title": item.title,
                    "link": item.link,
                    "day": local_day(item.published_at).isoformat() if item.published_at else None,
                    "doubts": list(item.doubts),
                }
                for item in items
            ],
            "silent": [
                {"source": each.source, "day": local_day(each.read_at).isoformat() if each.read_at else None}
                for each in found.silent
            ],
            "reason": None if items else _reason(found),
        }


def _reason(found: FeedNews) -> str:
    if not found.known:
        return "feeds.none_known"
    return "feeds.nothing_new" if found.ever_read else "feeds.none_read"


def _spread(items: Iterable[FeedItem]) -> Iterable[FeedItem]:
    """The first `MOST`, of one feed no more than `MOST_OF_ONE`."""
    taken: Counter[str] = Counter()
    for item in items:
        if taken.total() < MOST and taken[item.feed] < MOST_OF_ONE:
            taken[item.feed] += 1
            yield item
