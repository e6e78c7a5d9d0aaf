"""What an import does with each row, by what is known of its address: the same for the preview and for the import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, select

from worker.audience.importing.rows import Kind
from worker.audience.importing.rows import Row as Given
from worker.audience.salutation import suggested
from worker.audience.suppression import suppressions_of
from worker.office import Office
from worker.store.tables import departures, memberships, recipients


class Fate(StrEnum):
    """What becomes of a row that can be used."""

    NEW = "new"
    """Nobody we know: a recipient is made, and put on the list."""
    JOINS = "joins"
    """Known already, on other lists alone."""
    CHANGED = "changed"
    """On the list, under another name, greeting or kind."""
    SAME = "same"
    LEFT = "left"
    """Has left the list's mailings; stays as she was."""
    SUPPRESSED = "suppressed"
    """Never written to again; stays as she was, and whoever was erased is not made anew."""


class Values(NamedTuple):
    """What is kept of a recipient beside the address. `greeting` is empty for the neutral one."""

    name: str
    greeting: str
    kind: str


class Judged(NamedTuple):
    """A row with its fate. `id` is the recipient's, None of a new one; `before` what is kept of her now.

    `since` is when she left or was suppressed, `reason` why the latter.
    """

    row: Given
    fate: Fate
    id: int | None = None
    values: Values | None = None
    before: Values | None = None
    since: datetime | None = None
    reason: str = ""
    addressed: bool = False
    """Whether the greeting is the one that the name suggests, and not empty."""


def judge(tx: Connection, office: Office, list_id: str, rows: Sequence[Given]) -> list[Judged]:
    """The fate of each row, in order. HlasatelError when the key of suppressions is not the database's."""
    addresses = [row.address for row in rows]
    known = {row.address: row for row in tx.execute(_KNOWN, {"list": list_id, "addresses": addresses})}
    suppressed = suppressions_of(tx, office, addresses)
    return [_of(row, known.get(row.address), suppressed.get(row.address)) for row in rows]


def _known() -> Any:
    """Everybody with one of the `addresses`, and when she joined and left the `list`."""
    of_list: BindParameter[str] = bindparam("list")
    joined = and_(memberships.c.recipient_id == recipients.c.id, memberships.c.list_id == of_list)
    left = and_(departures.c.recipient_id == recipients.c.id, departures.c.list_id == of_list)
    return (
        select(
            recipients.c.id, recipients.c.address, recipients.c.name, recipients.c.greeting, recipients.c.kind,
            recipients.c.suppressed, memberships.c.since, departures.c.left_at,
        )
        .outerjoin(memberships, joined)
        .outerjoin(departures, left)
        .where(recipients.c.address.in_(bindparam("addresses", expanding=True)))
    )  # fmt: skip


_KNOWN = _known()


def _of(row: Given, known: Row[Any] | None, suppressed: Row[Any] | None) -> Judged:
    if suppressed is not None:
        return Judged(row, Fate.SUPPRESSED, since=suppressed.at, reason=suppressed.reason)
    if known is None:
        values, addressed = _values(row)
        return Judged(row, Fate.NEW, values=values, addressed=addressed)
    if known.suppressed:  # the emptied row of somebody who was erased has an address too, of which no hash is kept
        return Judged(row, Fate.SUPPRESSED, known.id, reason=known.suppressed)
    if known.left_at is not None:
        return Judged(row, Fate.LEFT, known.id, since=known.left_at)
    before = Values(known.name, known.greeting, known.kind)
    values, addressed = _values_over(row, before)
    fate = Fate.JOINS if known.since is None else Fate.SAME if values == before else Fate.CHANGED
    return Judged(row, fate, known.id, values, before, addressed=addressed)


def _values(row: Given) -> tuple[Values, bool]:
    """Of somebody new, and whether the greeting was suggested."""
    kind = row.kind or Kind.PERSON
    greeting = row.written or ("" if kind is Kind.INSTITUTION else suggested(row.name))
    return Values(row.name, greeting, kind), not row.written and greeting != ""


def _values_over(row: Given, before: Values) -> tuple[Values, bool]:
    """Of somebody known. An empty name, and a kind that is not told, take nothing away; nor does a file without
    greetings take away one that somebody wrote.
    """
    name, kind = row.name or before.name, row.kind or before.kind
    if row.written:
        return Values(name, row.written, kind), False
    if row.written is None and before.greeting != suggested(before.name):
        return Values(name, before.greeting, kind), False
    greeting = "" if kind == Kind.INSTITUTION else suggested(name)
    return Values(name, greeting, kind), greeting != ""
