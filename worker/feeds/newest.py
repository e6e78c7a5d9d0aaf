"""The newest news of the inbox for one draft, and which drafts used them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from worker.feeds.tried import tried
from worker.settings import Feed
from worker.sources.base import FeedItem, FeedNews, SilentFeed
from worker.store.states import OccurrenceState
from worker.store.tables import feed_items, feed_uses, occurrences

MOST_LOOKED_AT = 2000
_NEVER_WENT_OUT = (OccurrenceState.DROPPED, OccurrenceState.MISSED)


def news(
    tx: Connection, known: Mapping[str, Feed], activity: str, occurrence: str, since: datetime, until: datetime
) -> FeedNews:
    """The news of the half-open span that no other occurrence of `activity` used, newest first.

    News count from when their feed says they were published; where it says nothing credible, from when we first saw
    them. What an occurrence used that was dropped or missed reached nobody and counts as unused.
    """
    read = {feed.id: feed for feed in known.values() if feed.url is not None}
    at = func.coalesce(feed_items.c.published_at, feed_items.c.first_seen_at, type_=feed_items.c.first_seen_at.type)
    used = (
        select(feed_uses.c.item_id)
        .join(occurrences, occurrences.c.id == feed_uses.c.occurrence_id)
        .where(
            occurrences.c.activity == activity,
            occurrences.c.id != occurrence,
            occurrences.c.state.not_in(_NEVER_WENT_OUT),
        )
    )
    rows = tx.execute(
        select(feed_items)
        .where(feed_items.c.feed.in_(list(read)), at >= since, at < until, feed_items.c.id.not_in(used))
        .order_by(at.desc(), feed_items.c.id)
        .limit(MOST_LOOKED_AT)
    )
    found = [
        FeedItem(row.id, read[row.feed].name, row.feed, row.title, row.link, row.published_at, tuple(row.doubts))
        for row in rows
        if is_wanted(read[row.feed], row.title, row.summary)
    ]
    states = tried(tx, read)
    silent = [
        SilentFeed(feed.name, states[feed.id].read_at if feed.id in states else None)
        for feed in read.values()
        if feed.id not in states or states[feed.id].trouble is not None
    ]
    ever = sum(1 for row in states.values() if row.read_at is not None)
    return FeedNews(tuple(found), tuple(silent), known=len(read), ever_read=ever)


def is_wanted(feed: Feed, title: str, summary: str) -> bool:
    """Whether news are among those that the feed's `words` let through."""
    if not feed.words:
        return True
    beginnings = "|".join(map(re.escape, feed.words))
    return re.search(rf"\b(?:{beginnings})", f"{title}\n{summary}".casefold()) is not None


def note_uses(tx: Connection, occurrence: str, materials: Iterable[Mapping[str, Any]]) -> None:
    """Write down, in the transaction that keeps the drafts, whose news their `materials` hold."""
    held = {item["id"] for each in materials for item in each.get("sources", {}).get("feeds", {}).get("items", ())}
    if not held:
        return
    there = set(tx.execute(select(feed_items.c.id).where(feed_items.c.id.in_(held))).scalars())
    noted = set(tx.execute(select(feed_uses.c.item_id).where(feed_uses.c.occurrence_id == occurrence)).scalars())
    if new := sorted(there - noted):
        tx.execute(feed_uses.insert(), [{"item_id": item, "occurrence_id": occurrence} for item in new])
