"""How the feeds are, for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from worker.feeds.tried import tried
from worker.messages import say
from worker.outbound.trouble import told
from worker.settings import Feed
from worker.store.tables import feed_items, feed_uses
from worker.times import format_instant, rfc3339


def health(tx: Connection, known: Mapping[str, Feed]) -> list[dict[str, Any]]:
    """Every feed of the file as JSON, in its order. `read_at` is null for one that was never read, `trouble` empty
    while all is well; `items` counts the news that are kept, `newest_at` is when the last of them was first seen and
    `used` how many of them stood in a draft. Without a `url` a feed is not read, and `note` says why.
    """
    states = tried(tx, known)
    counts, newest = {}, {}
    seen = func.max(feed_items.c.first_seen_at, type_=feed_items.c.first_seen_at.type)
    for feed, number, at in tx.execute(select(feed_items.c.feed, func.count(), seen).group_by(feed_items.c.feed)):
        counts[feed], newest[feed] = number, at
    uses = select(feed_items.c.feed, func.count(feed_uses.c.item_id.distinct())).join(feed_uses)
    used = {feed: number for feed, number in tx.execute(uses.group_by(feed_items.c.feed))}
    return [
        {
            "id": feed.id,
            "name": feed.name,
            "url": feed.url,
            "note": feed.note,
            "read_at": _instant(states[feed.id].read_at) if feed.id in states else None,
            "next_at": _instant(states[feed.id].next_at) if feed.id in states else None,
            "failures": states[feed.id].failures if feed.id in states else 0,
            "trouble": told(states[feed.id].trouble) if feed.id in states else "",
            "items": counts.get(feed.id, 0),
            "newest_at": _instant(newest.get(feed.id)),
            "used": used.get(feed.id, 0),
        }
        for feed in known.values()
    ]


def in_words(found: list[dict[str, Any]]) -> list[str]:
    """The same in lines: how many are read and how many have no address, then each that is not as it should be."""
    if not found:
        return []
    read = [each for each in found if each["url"] is not None]
    well = [each for each in read if each["read_at"] and not each["trouble"]]
    lines = [say("feeds.status", well=len(well), read=len(read), unknown=len(found) - len(read))]
    for each in read:
        last = format_instant(datetime.fromisoformat(each["read_at"])) if each["read_at"] else say("feeds.never")
        if each["trouble"]:
            lines.append(f"  {each['name']}: {each['trouble']} {say('feeds.last', at=last)}")
        elif not each["read_at"]:
            lines.append(f"  {each['name']}: {say('feeds.not_yet')}")
    return lines


def _instant(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
