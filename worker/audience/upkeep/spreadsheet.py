"""A list as CSV that a spreadsheet program opens safely: no cell of it is taken for a formula.

UTF-8 with its mark, semicolons and CRLF, as Czech spreadsheet programs expect; every cell in quotes. A cell that begins
as a formula would (`=`, `+`, `-`, `@`, tab, CR; OWASP, CSV Injection) gets an apostrophe before it, which spreadsheet
programs do not show. The first three columns are those that `recipients import` reads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.store.tables import departures, memberships, recipients
from worker.times import rfc3339

COLUMNS = ("address", "name", "greeting", "kind", "language", "since", "gets")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_AT_ONCE = 1000
MARK = "\ufeff"
"""Begins a table, so that spreadsheet programs read it as UTF-8."""


def export(tx: Connection, office: Office, list_id: str, now: datetime) -> Iterator[str]:
    """The list with all it includes, each recipient once, by address, in pieces of text; HlasatelError if unknown.

    `gets` tells whether what goes to the list reaches her at `now` (aware): `yes`, else `left`, `paused until …` or why
    she is suppressed.
    """
    if list_id not in office.lists:
        raise HlasatelError(say("audience.unknown_list", list=list_id, known=", ".join(sorted(office.lists))))
    return _pieces(tx, office.closure(list_id), list_id, now)


def _pieces(tx: Connection, everywhere: tuple[str, ...], list_id: str, now: datetime) -> Iterator[str]:
    yield MARK + lines([COLUMNS])
    left = exists().where(departures.c.recipient_id == recipients.c.id, departures.c.list_id == list_id)
    since = (
        select(memberships.c.recipient_id, func.min(memberships.c.since, type_=memberships.c.since.type).label("since"))
        .where(memberships.c.list_id.in_(everywhere))
        .group_by(memberships.c.recipient_id)
        .subquery()
    )
    found = select(recipients, since.c.since, left.label("left"))
    found = found.join(since, since.c.recipient_id == recipients.c.id).order_by(recipients.c.address)
    for rows in tx.execute(found.execution_options(yield_per=_AT_ONCE)).partitions():
        yield lines([_cells(row, now) for row in rows])


def _cells(row: Row[Any], now: datetime) -> tuple[str, ...]:
    gets = "yes"
    if row.suppressed:
        gets = f"suppressed: {row.suppressed}"
    elif row.left:
        gets = "left"
    elif row.paused_until is not None and row.paused_until > now:
        gets = f"paused until {rfc3339(row.paused_until)}"
    return row.address, row.name, row.greeting, row.kind, row.language, rfc3339(row.since), gets


def lines(rows: list[tuple[str, ...]]) -> str:
    """Rows of a table as text, each cell safe; as every table of this office is written."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe(cell: str) -> str:
    """The text as no spreadsheet program takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
