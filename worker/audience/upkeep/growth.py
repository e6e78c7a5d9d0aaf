"""How lists grow: members, joined, left and bounced by the month, counted once a day and kept.

Nobody is watched for it: it is read off what is kept anyway (since when somebody is on a list, when she left, what came
back). Counting a large list takes a second, so no page counts; it shows what was counted last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from worker.store.tables import bounces, departures, imports, installation, list_growth, memberships
from worker.times import local_day, local_instant

MONTHS = 12
"""So many are shown and, the first time, counted."""
AT = time(3, 0)
"""Prague time from which a day's counting is due: nobody sends then, and nobody waits for a page."""
FEW = 2000
"""Members of a list that are counted when somebody asks: as many rows of an index are read in a millisecond."""


@dataclass(frozen=True)
class Month:
    """One month of a list, e.g. `2026-12`; None for what nobody counted then."""

    month: str
    members: int | None = None
    joined: int | None = None
    left: int | None = None
    bounced: int | None = None


@dataclass(frozen=True)
class Growth:
    """A list's `members` now, or when they were last counted, and its last months, oldest first."""

    list_id: str
    members: int
    counted_at: datetime | None
    months: tuple[Month, ...]


def is_due(tx: Connection, now: datetime) -> bool:
    """Whether the lists are to be counted at `now` (aware): once a day, and after a table was taken in."""
    last: datetime | None = tx.execute(select(installation.c.lists_counted_at)).scalar()
    if last is None or last < _day_began(now):
        return True
    return tx.execute(select(imports.c.id).where(*_taken_in(last, now)).limit(1)).first() is not None


def next_list(tx: Connection, known: Sequence[str], now: datetime) -> str | None:
    """The first of the lists that is still to be counted; None when all are. One that never had a member is not."""
    this = list_growth.c.month == month_of(local_day(now))
    counted = {row.list_id: row.counted_at for row in tx.execute(select(list_growth).where(this))}
    since = _day_began(now)
    for each in known:
        last = counted.get(each)
        if last is not None and last >= since:
            taken_in = imports.c.list_id == each, *_taken_in(last, now)
            if tx.execute(select(imports.c.id).where(*taken_in).limit(1)).first() is None:
                continue
        of_it = exists().where(memberships.c.list_id == each), exists().where(list_growth.c.list_id == each)
        if tx.execute(select(or_(*of_it))).scalar():
            return each
    return None


def count(tx: Connection, list_id: str, now: datetime) -> list[dict[str, Any]]:
    """The rows of the months that are not counted for good, newest last; it reads the list once and writes nothing."""
    days = _first_days(local_day(now), MONTHS)
    since = days[0] if _never(tx, list_id) else days[-2]
    begins = [
        local_instant(each, time.min) for each in [*(each for each in days if each >= since), _next_month(days[-1])]
    ]
    spans = list(pairwise(begins))
    left_at = departures.c.left_at
    gone = and_(departures.c.recipient_id == memberships.c.recipient_id, departures.c.list_id == list_id)
    own = memberships.c.list_id == list_id
    columns: list[ColumnElement[Any]] = []
    for begin, end in spans:
        columns.append(_number(and_(memberships.c.since < end, or_(left_at.is_(None), left_at >= end))))
        columns.append(_number(and_(memberships.c.since >= begin, memberships.c.since < end)))
    found = select(*columns).select_from(memberships.outerjoin(departures, gone)).where(own)
    numbers = tx.execute(found).one()
    return [
        {
            "month": month_of(local_day(begin)),
            "list_id": list_id,
            "members": numbers[2 * place] or 0,
            "joined": numbers[2 * place + 1] or 0,
            "left": _left(tx, list_id, begin, end),
            "bounced": _bounced(tx, list_id, begin, end),
            "counted_at": now,
        }
        for place, (begin, end) in enumerate(spans)
    ]


def keep(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write the months down over what was counted of them before."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    made = insert(list_growth)
    new = {name: made.excluded[name] for name in ("members", "joined", "left", "bounced", "counted_at")}
    tx.execute(made.on_conflict_do_update(index_elements=["month", "list_id"], set_=new), list(rows))


def all_counted(tx: Connection, now: datetime) -> None:
    """Note that nothing is left to count today."""
    tx.execute(update(installation).values(lists_counted_at=now))


def growth(tx: Connection, known: Sequence[str], now: datetime) -> list[Growth]:
    """The lists in the order given, each with its last twelve months: whatever their size, it counts few rows."""
    names = [month_of(each) for each in _first_days(local_day(now), MONTHS)]
    row = list_growth.c
    last_counted = case((row.month == names[-1], row.counted_at)).label("counted_at")
    columns: tuple[Any, ...] = (row.list_id, row.month, row.members, row.joined, row.left, row.bounced, last_counted)
    found = tx.execute(select(*columns).where(row.month.in_(names)))
    kept = {(row.list_id, row.month): row for row in found}
    return [_growth(tx, each, names, kept) for each in known]


def members(tx: Connection, known: Sequence[str], now: datetime) -> dict[str, int]:
    """List → its own members who have not left it: counted now where they are few, as last counted otherwise."""
    this = list_growth.c.month == month_of(local_day(now))
    kept = {row.list_id: row.members for row in tx.execute(select(list_growth).where(this))}
    return {each: _members(tx, each, kept.get(each)) for each in known}


def month_of(day: date) -> str:
    """`2026-12`."""
    return f"{day:%Y-%m}"


def _growth(tx: Connection, list_id: str, names: Sequence[str], kept: dict[tuple[str, str], Any]) -> Growth:
    rows = [kept.get((list_id, each)) for each in names]
    months = [
        Month(name) if row is None else Month(name, row.members, row.joined, row.left, row.bounced)
        for name, row in zip(names, rows, strict=True)
    ]
    last = rows[-1]
    return Growth(
        list_id, _members(tx, list_id, last.members if last is not None else None),
        last.counted_at if last is not None else None, tuple(months),
    )  # fmt: skip


def _members(tx: Connection, list_id: str, kept: int | None) -> int:
    if kept is not None and kept > FEW:
        return kept
    never_counted = kept is None  # then it is counted this once, however many they are
    found: int = tx.execute(_on_it(bounded=not never_counted), {"list": list_id}).scalar_one()
    return found


@cache  # put together once, not for each list of each page
def _on_it(*, bounded: bool) -> Select[Any]:
    """How many are on the list of the parameter `list` who have not left it; at most one more than `FEW`."""
    gone = exists().where(
        departures.c.recipient_id == memberships.c.recipient_id, departures.c.list_id == memberships.c.list_id
    )
    some: Select[Any] = select(literal_column("1")).where(memberships.c.list_id == bindparam("list"), ~gone)
    return select(func.count()).select_from((some.limit(FEW + 1) if bounded else some).subquery())


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _left(tx: Connection, list_id: str, begin: datetime, end: datetime) -> int:
    inside = departures.c.list_id == list_id, departures.c.left_at >= begin, departures.c.left_at < end
    return tx.execute(select(func.count()).where(*inside)).scalar_one()


def _bounced(tx: Connection, list_id: str, begin: datetime, end: datetime) -> int:
    on_it = memberships.c.recipient_id == bounces.c.recipient_id, memberships.c.list_id == list_id
    hard = bounces.c.sort == "hard", bounces.c.at >= begin, bounces.c.at < end
    found = select(func.count(bounces.c.recipient_id.distinct())).where(*hard, exists().where(*on_it))
    return tx.execute(found).scalar_one()


def _never(tx: Connection, list_id: str) -> bool:
    return tx.execute(select(list_growth.c.month).where(list_growth.c.list_id == list_id).limit(1)).first() is None


def _taken_in(since: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Tables that came after `since`; what a clock that went back has still ahead is not waited for."""
    return imports.c.ended_at > since, imports.c.ended_at <= now


def _day_began(now: datetime) -> datetime:
    """The last time that counting became due."""
    today = local_instant(local_day(now), AT)
    return today if today <= now else local_instant(local_day(now) - timedelta(days=1), AT)


def _first_days(today: date, number: int) -> list[date]:
    """The first days of the last months, this one's last."""
    return list(_backwards(today.replace(day=1), number))[::-1]


def _backwards(first: date, number: int) -> Iterator[date]:
    for _ in range(number):
        yield first
        first = (first - timedelta(days=1)).replace(day=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
