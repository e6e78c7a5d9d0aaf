"""Finding a text by plain words: without diacritics, whatever the case, each word from its beginning.

It is done here and not by the database, so that SQLite and PostgreSQL find the same and need nothing set up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import Connection, select

from worker.archive import reading
from worker.archive.items import Item
from worker.kinds import kind_name
from worker.store.tables import drafts
from worker.topics import topic_name

LONGEST_QUERY = 200
"""Characters; what is behind them is not looked for."""
MOST_WORDS = 8
MOST_FOUND = 50
MOST_TEXTS = 2000
"""Drafts whose whole text is searched, the newest; of older ones the title, kind and theme are."""
LONGEST_TEXT = 20_000
"""Characters of a draft that are searched."""
_AT_ONCE = 200


def words_of(query: str) -> tuple[str, ...]:
    """The words that a query looks for, as they are compared; each once."""
    return tuple(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]


def folded(text: str) -> str:
    """`Příští „bydlení“ 2026` → `pristi bydleni 2026`: what is compared of a text, its words apart by one blank."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


class Index:
    """The texts as they are compared. A draft never changes, so each is read once; safe for several threads."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._lock = Lock()

    def find(self, tx: Connection, items: Sequence[Item], words: Sequence[str]) -> list[Item]:
        """Those of `items` that hold every word, in their order; `MOST_FOUND` and one more at most.

        Of what was withdrawn only its title is searched: its text is nobody's to read.
        """
        if not words:
            return []
        ids = [draft.id for item in items if item.withdrawn is None for draft in item.drafts][:MOST_TEXTS]
        with self._lock:
            self._read(tx, ids)
            found = [item for item in items if all(f" {word}" in self._of(item) for word in words)]
        return found[: MOST_FOUND + 1]

    def _of(self, item: Item) -> str:
        known = [kind_name(each) for each in item.kinds] + [topic_name(each) for each in item.topics]
        bodies = [self._texts.get(draft.id, "") for draft in item.drafts]
        return " " + " ".join([folded(" ".join([item.title, *known])), *bodies])

    def _read(self, tx: Connection, ids: Collection[int]) -> None:
        """Read those that are not known yet, and forget those that are asked for no more."""
        wanted = set(ids)
        for gone in self._texts.keys() - wanted:
            del self._texts[gone]
        new = sorted(wanted - self._texts.keys())
        columns: tuple[Any, ...] = (drafts.c.id, drafts.c.text)
        for start in range(0, len(new), _AT_ONCE):
            some = select(*columns).where(drafts.c.id.in_(new[start : start + _AT_ONCE]))
            for row in tx.execute(some):
                self._texts[row.id] = folded(reading.plain(row.text, leave="")[:LONGEST_TEXT])
