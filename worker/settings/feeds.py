"""`feeds.yaml`: partners' news on the web (RSS or Atom), from which a draft's section "Z webů partnerů" is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from worker.messages import say
from worker.positions import Faults, read_yaml
from worker.settings.entries import has_entries, read_entries
from worker.settings.faults import Id, Line, Strict
from worker.settings.indicators import Publisher

FILE = "feeds.yaml"
MOST_FEEDS, SHORTEST_WORD = 100, 3


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.fragment or " " in text:
        raise ValueError(say("feeds.bad_address", value=text))
    return text


def _word(text: str) -> str:
    if len(text) < SHORTEST_WORD:
        raise ValueError(say("feeds.short_word", value=text, least=SHORTEST_WORD))
    return text.casefold()


class Feed(Strict):
    """One partner's feed. Without a `url` it is known, but not read; then `note` says why.

    With `words`, only news that hold one of them count (the beginning of a word, case ignored): `sociáln`, `dluh`.
    With `articles` each of them counts as a published article as well, by whom it says.
    """

    id: Id
    name: Line
    note: Line | None = None
    url: Annotated[Line, AfterValidator(_address)] | None = None
    words: tuple[Annotated[Line, AfterValidator(_word)], ...] = Field(default=(), strict=False)
    articles: Publisher | None = None


def load_feeds(config: Path) -> dict[str, Feed]:
    """The feeds by id, in the order written; none when the file is missing or empty. InvalidFiles with every fault."""
    path = config / FILE
    if not has_entries(path):
        return {}
    document, faults = read_yaml(path), Faults()
    feeds = read_entries(document, Feed, faults)
    first: dict[str, str] = {}
    for feed in feeds.values():
        if feed.url is None and feed.note is None:
            faults.add(document.fault((feed.id,), say("feeds.neither_address_nor_note"), at_key=True))
        if feed.url is not None and (other := first.setdefault(feed.url, feed.id)) != feed.id:
            faults.add(document.fault((feed.id, "url"), say("feeds.twice", other=other)))
    if len(document.data) > MOST_FEEDS:
        faults.add(document.fault((list(document.data)[MOST_FEEDS],), say("feeds.too_many", most=MOST_FEEDS)))
    faults.refuse()
    return feeds
