"""The inbox of partners' news in the database: which feeds are due, and what reading them brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from worker.feeds.fetch import Ask
from worker.feeds.read import Entry
from worker.feeds.reading import Outcome
from worker.feeds.tried import tried
from worker.settings import Feed
from worker.store.tables import feed_items, feed_uses, feeds

EVERY = timedelta(hours=1)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=12)
MOST_KEPT = 1000
"""Items of one feed; the oldest that no draft used go first."""


def due(tx: Connection, known: Mapping[str, Feed], now: datetime, agent: str) -> list[Ask]:
    """What to ask at `now`, whoever has waited longest first."""
    before = tried(tx, known)
    wanted = [feed for feed in known.values() if feed.url is not None and _is_due(before.get(feed.id), now)]
    wanted.sort(key=lambda feed: (before[feed.id].tried_at.isoformat() if feed.id in before else "", feed.id))
    asks = []
    for feed in wanted:
        row, url = before.get(feed.id), feed.url or ""
        asks.append(Ask(feed.id, url, row.etag if row else "", row.last_modified if row else "", agent))
    return asks


def _is_due(row: Row[Any] | None, now: datetime) -> bool:
    """A time further ahead than any that is ever set was written by a clock that has gone back since."""
    return row is None or row.next_at <= now or row.next_at > now + timedelta(days=2)


def keep(tx: Connection, outcome: Outcome, now: datetime) -> int:
    """Write down what became of one feed; how many of its news are new."""
    ask, answer, trouble = outcome.ask, outcome.answer, outcome.trouble
    fresh = answer if answer is not None and answer.body is not None else None
    row = tx.execute(select(feeds).where(feeds.c.id == ask.feed)).first()
    known = row if row is not None and row.url == ask.url else None
    failures = 0 if trouble is None else (known.failures if known else 0) + outcome.begun
    values: dict[str, Any] = {
        "url": ask.url,
        "etag": fresh.etag if fresh else ask.etag,
        "last_modified": fresh.last_modified if fresh else ask.last_modified,
        "tried_at": now,
        "read_at": now if trouble is None else (known.read_at if known else None),
        "next_at": _next(outcome, failures, now),
        "failures": failures,
        "trouble": trouble.as_json() if trouble else None,
    }
    if row is None:
        tx.execute(feeds.insert().values(id=ask.feed, **values))
    else:
        tx.execute(feeds.update().where(feeds.c.id == ask.feed).values(**values))
    new = _take_in(tx, ask.feed, outcome.news, now)
    if new:
        _tidy(tx, ask.feed)
    return new


def _next(outcome: Outcome, failures: int, now: datetime) -> datetime:
    if outcome.trouble is None:
        return now + EVERY
    if not outcome.begun:
        return now
    pause: timedelta = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LAST_RETRY)
    return now + max(pause, timedelta(seconds=outcome.trouble.again_after or 0))


def _take_in(tx: Connection, feed: str, news: Sequence[Entry], now: datetime) -> int:
    """Add what is not there yet, by GUID within the feed and by content among all; put a corrected one right."""
    keys, contents = [each.key for each in news], [each.content for each in news]
    own = {
        row.key: row
        for row in tx.execute(select(feed_items).where(feed_items.c.feed == feed, feed_items.c.key.in_(keys)))
    }
    there = set(tx.execute(select(feed_items.c.content).where(feed_items.c.content.in_(contents))).scalars())
    new = []
    for entry in news:
        values = {name: getattr(entry, name) for name in ("content", "title", "link", "summary", "published_at")}
        values["doubts"] = list(entry.doubts)
        row = own.get(entry.key)
        if row is None and entry.content not in there:
            new.append({**values, "feed": feed, "key": entry.key, "first_seen_at": now})
        elif row is not None and row.content != entry.content and entry.content not in there:
            tx.execute(feed_items.update().where(feed_items.c.id == row.id).values(**values))
    if new:
        tx.execute(feed_items.insert(), new)
    return len(new)


def _tidy(tx: Connection, feed: str) -> None:
    """Keep the newest alone, and what drafts used: a feed that makes things up for months fills no disk."""
    own = select(feed_items.c.id).where(feed_items.c.feed == feed)
    newest = own.order_by(feed_items.c.first_seen_at.desc(), feed_items.c.id.desc()).limit(MOST_KEPT)
    kept = set(tx.execute(newest).scalars())
    used = select(feed_uses.c.item_id)
    oldest = min(kept, default=0)
    tx.execute(
        delete(feed_items).where(feed_items.c.feed == feed, feed_items.c.id < oldest, feed_items.c.id.not_in(used))
    )
