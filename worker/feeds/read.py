"""From the bytes of a feed to its news. Whatever they are, nothing but text is made of them, and not too much of it."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from worker.feeds.clean import address, doubts, plain
from worker.feeds.screen import screen
from worker.outbound.trouble import Trouble
from worker.times import PRAGUE

MOST_ENTRIES = 200
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_GUID = 200, 600, 1000
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})")
_TAKEN = {"utf-8", "utf-16", "cp1250", "cp1252", "iso8859-1", "iso8859-2", "iso8859-15", "iso8859-16", "ascii"}
"""The encodings that feeds have; Python knows others, some of which take a long time or are none of text."""
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("leden", "ledna"), ("únor", "února"), ("březen", "března"), ("duben", "dubna"), ("květen", "května"),
            ("červen", "června"), ("červenec", "července"), ("srpen", "srpna"), ("září",), ("říjen", "října"),
            ("listopad", "listopadu"), ("prosinec", "prosince"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_CZECH_DAY = re.compile(
    r"(?<!\d)(\d{1,2})\.\s*(?:(\d{1,2})\.|([^\W\d_]{3,10}))\s*(\d{4})(?:\D{1,6}(\d{1,2})[:.](\d{2}))?(?!\d)"
)
_UNFIT = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the parser has been seen to raise at what is no feed."""


@dataclass(frozen=True)
class Entry:
    """One news item. `key` and `content` are SHA-256: of its GUID, and of title and link; see `entries`."""

    key: bytes
    content: bytes
    title: str
    link: str
    summary: str
    published_at: datetime | None
    doubts: tuple[str, ...]


def entries(body: bytes, content_type: str, url: str, now: datetime) -> list[Entry]:
    """The news of a feed that came from `url` with `content_type` before `now` (aware), as the feed orders them.

    A GUID that several entries have, or none, is no name: such an entry goes by its content. News without a title are
    left out. Trouble for what is no feed.
    """
    import feedparser  # only where something is read: most ticks read nothing

    text = _DECLARATION.sub("", _decoded(body, content_type)).lstrip()
    screen(text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # From a stream: bytes alone might name a file, which feedparser would open.
    stream = io.BytesIO(f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode())
    try:
        found = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except _UNFIT as error:
        raise Trouble(message_key="feeds.no_feed") from error
    if not found.get("version"):
        raise Trouble(message_key="feeds.no_feed")
    taken = found.entries[:MOST_ENTRIES]
    named = Counter(_guid(each) for each in taken)
    return list(_each_once(_entry(each, named, url, now) for each in taken))


def _decoded(body: bytes, content_type: str) -> str:
    """The text. Valid UTF-8 is UTF-8 whatever a server says; then the document's word counts, then the server's."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    own, given = _DECLARED.match(body[:400]), _CHARSET.search(content_type)
    declared = [own[1].decode()] if own else []
    for encoding in ("utf-8", *declared, *([given[1]] if given else [])):
        try:
            if codecs.lookup(encoding).name in _TAKEN:
                return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1250", "replace")


def _entry(entry: Any, named: Counter[str], url: str, now: datetime) -> Entry | None:
    written = _text(entry.get("title"))
    title = plain(written, LONGEST_TITLE)
    link = address(_text(entry.get("link")), url)
    if not title:
        return None
    content = _hash("content", title.casefold(), link)
    guid = _guid(entry)
    return Entry(
        key=_hash("guid", guid) if guid and named[guid] == 1 else content,
        content=content,
        title=title,
        link=link,
        summary=plain(_text(entry.get("summary")) or _first_content(entry), LONGEST_SUMMARY),
        published_at=_published(entry, now),
        doubts=tuple(doubts(written, link)),
    )


def _each_once(found: Iterable[Entry | None]) -> Iterable[Entry]:
    seen: set[bytes] = set()
    for entry in found:
        if entry is not None and not {entry.key, entry.content} & seen:
            seen |= {entry.key, entry.content}
            yield entry


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_content(entry: Any) -> str:
    return next((_text(each.get("value")) for each in entry.get("content") or ()), "")


def _guid(entry: Any) -> str:
    return _text(entry.get("id"))[:LONGEST_GUID].strip()


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def _published(entry: Any, now: datetime) -> datetime | None:
    """When it says it was published, else last changed; None for what cannot be: before 2000, or after tomorrow."""
    for name in ("published", "updated"):
        # Past feedparser's own look-up, which gives the one for the other and warns that it will not for ever.
        at = czech_instant(_text(dict.get(entry, name))) or _instant(dict.get(entry, f"{name}_parsed"))
        if at is not None and _EARLIEST <= at <= now + timedelta(days=1):
            return at
    return None


def _instant(parsed: Any) -> datetime | None:
    try:
        return datetime(*parsed[:6]).replace(tzinfo=UTC) if parsed else None
    except (TypeError, ValueError):
        return None


def czech_instant(text: str) -> datetime | None:
    """`22. 11. 2026 14:30` or `22. listopadu 2026` as Prague's clocks show it, in UTC; None for another text."""
    found = _CZECH_DAY.search(text[:100])
    if found is None:
        return None
    day, number, name, year, hour, minute = found.groups()
    month = int(number) if number else _MONTHS.get(name.lower(), 0)
    try:
        local = datetime(int(year), month, int(day), int(hour or 0), int(minute or 0), tzinfo=PRAGUE)
    except ValueError:
        return None
    return local.astimezone(UTC)
