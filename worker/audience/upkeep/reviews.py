"""Twice a year whoever keeps a list is asked whether it is right; her answer, or that there was none, is kept.

The plan says of its mailing lists "budou průběžně aktualizovány" (000:619) and names no day: that it is the first
working day of March and September is our assumption. A list without members of its own is not asked about: what it
includes is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.office import Office
from worker.plan.stages import WORK_BEGINS
from worker.record import events
from worker.store.tables import departures, list_reviews, memberships, recipients
from worker.times import local_day, local_instant, next_working_day

MONTHS = {1: 3, 2: 9}
"""Half of the year → the month in which it is asked."""
REMINDED_AFTER, TOLD_AFTER = timedelta(days=14), timedelta(days=28)
"""After how long the owner is reminded, and the coordinator told; both once."""


@dataclass(frozen=True)
class Review:
    """A list as its owner is shown it. Numbers are of its own members; `added` and `left` since it was confirmed last.

    `period`, `confirmed_at` and `confirmed_by` are of the newest confirmation, None before the first.
    """

    list_id: str
    members: int
    institutions: int
    suppressed: int
    added: int
    left: int
    period: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    open: bool
    """Whether an answer is waited for."""


def asks_at(period: str) -> datetime:
    """When the owners are asked in a half-year, e.g. `2027-H1`."""
    year, half = int(period[:4]), int(period[-1])
    return local_instant(next_working_day(date(year, MONTHS[half], 1)), WORK_BEGINS)


def periods_around(now: datetime) -> tuple[str, str]:
    """The half-year that was last asked about at `now` (aware), and the one that comes next."""
    year = local_day(now).year
    known = [f"{each}-H{half}" for each in (year - 1, year, year + 1) for half in MONTHS]
    over = [each for each in known if asks_at(each) <= now]
    return over[-1], known[len(over)]


def lists_of(tx: Connection, office: Office, person: str) -> list[str]:
    """The lists that a person keeps and that have members of their own."""
    return _with_members(tx, [each.id for each in office.lists.values() if each.owner == person])


def _with_members(tx: Connection, lists: Sequence[str]) -> list[str]:
    if not lists:
        return []
    held = tx.execute(select(*(exists().where(memberships.c.list_id == each) for each in lists))).one()
    return [each for each, members in zip(lists, held, strict=True) if members]


def ask(tx: Connection, lists: Sequence[str], period: str, now: datetime) -> None:
    """Note that these lists were asked about; what was asked before stays."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    rows = [{"list_id": each, "period": period, "asked_at": now} for each in lists]
    tx.execute(insert(list_reviews).values(rows).on_conflict_do_nothing())


def unanswered(tx: Connection, now: datetime) -> Sequence[Row[Any]]:
    """What was asked and not answered, of the half-year that was last asked about."""
    period, _ = periods_around(now)
    open_ones = list_reviews.c.period == period, list_reviews.c.confirmed_at.is_(None)
    return tx.execute(select(list_reviews).where(*open_ones).order_by(list_reviews.c.list_id)).all()


def confirm(tx: Connection, list_id: str, person: str, now: datetime) -> bool:
    """The list is right, `person` says; False when nothing waited for that (it was confirmed before, or not asked)."""
    period, _ = periods_around(now)
    waits = list_reviews.c.list_id == list_id, list_reviews.c.period == period, list_reviews.c.confirmed_at.is_(None)
    if not tx.execute(update(list_reviews).where(*waits).values(confirmed_at=now, confirmed_by=person)).rowcount:
        return False
    events.append(tx, "list.confirmed", now, person=person, list=list_id, period=period)
    return True


def to_confirm(tx: Connection, office: Office, person: str, now: datetime) -> list[str]:
    """The lists that wait for a person's word now, found without counting anybody."""
    waits = [each for each in unanswered(tx, now) if each.list_id in office.lists]
    late = _late(office, person, waits, now)
    own = [each.list_id for each in waits if office.lists[each.list_id].owner == person and each.list_id not in late]
    hers = {*late, *_with_members(tx, own)}
    return [each.list_id for each in waits if each.list_id in hers]


def _late(office: Office, person: str, waits: Sequence[Row[Any]], now: datetime) -> list[str]:
    """Of what waits what nobody answered for in time: it is the coordinator's as well."""
    if person != office.settings.coordinator:
        return []
    return [each.list_id for each in waits if each.asked_at + TOLD_AFTER <= now and each.list_id in office.lists]


def shown_to(tx: Connection, office: Office, person: str, now: datetime) -> list[Review]:
    """The lists that a person may confirm: her own, and for the coordinator those that nobody answered for in time."""
    own, waits = lists_of(tx, office, person), unanswered(tx, now)
    own += [each for each in _late(office, person, waits, now) if each not in own]
    waiting = {each.list_id for each in waits}
    return [_review(tx, each, open_=each in waiting) for each in sorted(own, key=lambda each: each not in waiting)]


def _review(tx: Connection, list_id: str, *, open_: bool) -> Review:
    answered = list_reviews.c.list_id == list_id, list_reviews.c.confirmed_at.is_not(None)
    newest = select(list_reviews).where(*answered).order_by(list_reviews.c.confirmed_at.desc()).limit(1)
    last = tx.execute(newest).first()
    since = last.confirmed_at if last is not None else None
    member = select(memberships.c.recipient_id).where(memberships.c.list_id == list_id)
    of_them = select(func.count()).select_from(recipients).where(recipients.c.id.in_(member))
    count = select(func.count()).select_from(memberships).where(memberships.c.list_id == list_id)
    left = select(func.count()).select_from(departures).where(departures.c.list_id == list_id)

    def number(found: Any) -> int:
        return int(tx.execute(found).scalar_one())

    return Review(
        list_id,
        members=number(count),
        institutions=number(of_them.where(recipients.c.kind == "institution")),
        suppressed=number(of_them.where(recipients.c.suppressed != "")),
        added=number(count.where(memberships.c.since > since)) if since else 0,
        left=number(left.where(departures.c.left_at > since) if since else left),
        period=last.period if last is not None else None,
        confirmed_at=since,
        confirmed_by=last.confirmed_by if last is not None else None,
        open=open_,
    )
