"""Carrying all rows from one database to another of any sort: from PostgreSQL into a backup's file, and back.

Both stand at the schema of this program. JSON goes as the text it is, so that nothing reads and writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Connection, Table, Text, bindparam, cast, func, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from worker.store.columns import metadata

AT_ONCE = 2_000
"""Rows of a statement."""


def carry(source: Connection, target: Connection) -> None:
    """Have `target` hold exactly the rows of `source`; both transactions are the caller's."""
    tables = metadata.sorted_tables
    for table in reversed(tables):
        target.execute(table.delete())
    for table in tables:
        insert = table.insert().values({each.name: _written(target, each) for each in table.columns})
        for rows in _rows(source, table):
            target.execute(insert, rows)
        if target.dialect.name == "postgresql":
            _count_on(target, table)


def _rows(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    read = select(*(_read(source, each).label(f"v_{each.name}") for each in table.columns))
    found = source.execute(read.execution_options(yield_per=AT_ONCE))
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]


def _read(source: Connection, column: Any) -> Any:
    if not isinstance(column.type, JSON):
        return column
    return cast(column, Text) if source.dialect.name == "postgresql" else type_coerce(column, Text)


def _written(target: Connection, column: Any) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(f"v_{column.name}", type_=column.type)
    told = bindparam(f"v_{column.name}", type_=Text)
    return cast(told, JSONB) if target.dialect.name == "postgresql" else type_coerce(told, Text)


def _count_on(target: Connection, table: Table) -> None:
    """New rows are numbered after those that came."""
    numbered = table.autoincrement_column
    if numbered is None:
        return
    highest = target.execute(select(func.max(numbered))).scalar()
    sequence = target.execute(
        text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": table.name, "column": numbered.name}
    ).scalar()
    if highest is not None and sequence is not None:
        target.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
