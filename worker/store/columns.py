"""Column types that hold what we mean on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database counts up; SQLite does so for INTEGER alone."""

Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON in and out; a query asks it for a single text at most, as `embargoes.ends` does."""

_SHORT = 1000
"""Characters, or bytes as PostgreSQL's driver has them, of what is kept once it was read."""


def read_json(text: str | bytes) -> Any:
    """What a JSON column holds. Every round reads the same lists and stages of the same rows: a copy is soon made."""
    known = _flat(text) if len(text) <= _SHORT else None
    return json.loads(text) if known is None else known.copy()


@lru_cache(maxsize=5000)
def _flat(text: str | bytes) -> list[Any] | dict[str, Any] | None:
    """A list or object whose copy shares nothing with it; None for anything else."""
    found = json.loads(text)
    inside = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [[]]
    return None if any(isinstance(each, list | dict) for each in inside) else found


class Instant(TypeDecorator[datetime]):
    """An instant, always aware and in UTC in Python. SQLAlchemy drops an offset on SQLite without converting."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class State(TypeDecorator[str]):
    """A state's name. Moves between states are made in `states.move` alone."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value)
