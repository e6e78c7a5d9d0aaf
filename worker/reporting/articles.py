"""Published articles: entered by hand, from a table or by a feed, each address once. One that is removed stays removed.

A feed never brings back what a person removed, nor does a table; entering it by hand does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Connection, Row, select, update

from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events
from worker.reporting.model import Article, Publisher
from worker.settings import Feed
from worker.store.tables import articles, feed_items
from worker.times import format_day, local_day
from worker.typed import is_web_address

_C = articles.c
_USUAL_PORTS = {"http": ":80", "https": ":443"}


class What(StrEnum):
    """What entering one came to."""

    ADDED = "added"
    CHANGED = "changed"
    """It was there, and something of it is different now."""
    PRESENT = "present"
    REMOVED = "removed"
    """A person removed it before, so it was left out."""


@dataclass(frozen=True)
class Given:
    """What is entered of one; what is empty changes nothing of one that is there."""

    address: str
    title: str = ""
    day: date | None = None
    publisher: Publisher | None = None
    who: str = ""
    note: str = ""


def published(tx: Connection, office: Office) -> tuple[Article, ...]:
    """Every article that counts, those without a day last."""
    rows = tx.execute(select(articles).where(_C.removed_at.is_(None)).order_by(_C.day.is_(None), _C.day, _C.id))
    return tuple(_article(office, row) for row in rows)


def publisher_name(office: Office, publisher: Publisher) -> str:
    """In words: the office's own organisation by its name."""
    if publisher is Publisher.REGION:
        return office.settings.organisation.name
    return say(f"articles.publisher_{publisher.value}")


def enter(
    tx: Connection, given: Given, now: datetime, *, person: str, source: str = "hand"
) -> What:  # fmt: skip
    """Take one in, or put right what is there; HlasatelError for one that lacks something. By hand it comes back."""
    address = normalised(given.address)
    if given.day is not None and given.day > local_day(now):
        raise HlasatelError(say("choices.done_in_the_future", day=format_day(given.day)))
    row = tx.execute(select(articles).where(_C.address == address)).first()
    if row is None:
        if not given.title or given.publisher is None:
            raise HlasatelError(say("articles.title_and_publisher"))
        tx.execute(articles.insert().values(_new(given, address, now, person=person, source=source)))
        events.append(
            tx, "article.added", now, occurrence=None, person=person, address=address, title=given.title, source=source
        )
        return What.ADDED
    if row.removed_at is not None and source != "hand":
        return What.REMOVED
    written = {"title": given.title, "day": given.day, "publisher": given.publisher, "who": given.who}
    written |= {"note": given.note}
    changes: dict[str, Any] = {name: value for name, value in written.items() if value and value != getattr(row, name)}
    if row.removed_at is not None:
        changes |= {"removed_at": None, "removed_by": None, "removed_because": ""}
    if not changes:
        return What.PRESENT
    tx.execute(update(articles).where(_C.id == row.id).values(**changes))
    events.append(
        tx, "article.changed", now, occurrence=None, person=person, address=address, title=given.title or row.title
    )
    return What.CHANGED


def remove(tx: Connection, which: str, now: datetime, *, reason: str, person: str) -> str:
    """Count one no more, by its number or address; its title. HlasatelError for one that does not count."""
    if which.isascii() and which.isdigit() and len(which) < 16:
        found = _C.id == int(which)
    else:
        found = _C.address == (normalised(which) if is_web_address(which) else which)
    row = tx.execute(select(articles).where(found, _C.removed_at.is_(None))).first()
    if row is None:
        raise HlasatelError(say("articles.no_such", which=which))
    values = {"removed_at": now, "removed_by": person, "removed_because": reason}
    tx.execute(update(articles).where(_C.id == row.id).values(**values))
    events.append(
        tx, "article.removed", now, occurrence=None, person=person, address=row.address, title=row.title, reason=reason
    )
    return str(row.title)


def take_from_feeds(tx: Connection, feeds: Mapping[str, Feed], now: datetime) -> int:
    """Take in what feeds that count articles have brought and nobody has entered; how many are new."""
    new = 0
    for feed in feeds.values():
        if feed.articles is None:
            continue
        items = tx.execute(select(feed_items).where(feed_items.c.feed == feed.id, feed_items.c.link != "")).all()
        by_address = {normalised(item.link): item for item in reversed(items) if is_web_address(item.link)}
        known = set(tx.execute(select(_C.address).where(_C.address.in_(list(by_address)))).scalars())
        values = [
            _new(_of_item(item, feed), address, now, person=None, source="feed", feed=feed.id)
            for address, item in by_address.items()
            if address not in known
        ]
        if values:
            tx.execute(articles.insert(), values)
            events.append(tx, "articles.from_feed", now, occurrence=None, feed=feed.name, number=len(values))
        new += len(values)
    return new


def normalised(address: str) -> str:
    """The address by which one article is known: no fragment, its host small, no port that goes without saying.

    HlasatelError for no web address.
    """
    if not is_web_address(address):
        raise HlasatelError(say("columns.bad_address", value=address))
    parts = urlsplit(address)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    return urlunsplit((scheme, host.removesuffix(_USUAL_PORTS.get(scheme, "")), parts.path, parts.query, ""))


def _of_item(item: Row[Any], feed: Feed) -> Given:
    day = local_day(item.published_at) if item.published_at is not None else None
    assert feed.articles is not None, "it counts articles"
    return Given(item.link, item.title, day, Publisher(feed.articles), feed.name)


def _new(
    given: Given, address: str, now: datetime, *, person: str | None, source: str, feed: str = ""
) -> dict[str, object]:
    assert given.publisher is not None, "asked for before"
    return {
        "address": address, "title": given.title, "day": given.day, "publisher": given.publisher.value,
        "who": given.who, "source": source, "feed": feed, "note": given.note, "entered_at": now, "entered_by": person,
        "removed_because": "",
    }  # fmt: skip


def _article(office: Office, row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        title=row.title,
        address=row.address,
        day=row.day,
        publisher=Publisher(row.publisher),
        who=row.who,
        source=row.source,
        entered_on=local_day(row.entered_at),
        entered_by=office.person_name(row.entered_by),
        note=row.note,
    )
