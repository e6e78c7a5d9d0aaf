"""The feeds that have been tried, as the database has them; apart from what fetches, for drafting knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.settings import Feed
from worker.store.tables import feeds


def tried(tx: Connection, known: Mapping[str, Feed]) -> dict[str, Row[Any]]:
    """The rows of the feeds that have been tried at the address they have now, by id."""
    rows = tx.execute(select(feeds).where(feeds.c.id.in_(list(known))))
    return {row.id: row for row in rows if row.url == known[row.id].url}
