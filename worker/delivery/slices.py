"""Slices: a mailing is cut into runs of recipients, and a slice is what a sender takes, under a lease and an epoch.

The epoch counts up with every taking. Whatever a sender writes carries its own, so one that slept past its lease, or
whose lock passed to another, finds no slice of its epoch any more: it can neither write nor send (`Fenced`). Rows
themselves are never claimed; the intent takes a row, in the transaction that checks the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, update

from worker.delivery import recover
from worker.delivery.backoff import MAX_BACKOFF
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import deliveries, mailings, slices

LEASE = timedelta(seconds=60)
SKEW = timedelta(seconds=30)
"""How far two machines' clocks may differ: a lease that ends later than this allows means that a clock went back."""
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When rows are due that wait for nothing: a clock that goes back, by however little, makes none of them wait."""
ROWS = 10_000
"""Recipients of a slice at most: one sender is through with it in a second or two."""
FEWEST_ROWS = 1_000
SHARES = 16
"""Where several machines send, even a smaller mailing is cut for so many to have a share."""


class Fenced(Exception):
    """The slice has passed to somebody else: nothing of what was to be written has been."""


@dataclass(frozen=True)
class Hold:
    """A slice as its taker has it: `first` to `last` are recipients' ids, inclusive; `tallies` its states' numbers."""

    mailing_id: int
    number: int
    first: int
    last: int
    epoch: int
    lists: tuple[str, ...]
    lease_until: datetime
    tallies: Mapping[str, int]


def rows_of(audience: int, machines: bool) -> int:
    """How many recipients a slice of a mailing to `audience` has at most."""
    return max(FEWEST_ROWS, min(ROWS, audience // SHARES)) if machines else ROWS


def cut(tx: Connection, mailing_id: int, rows: int) -> list[int]:
    """Cut a frozen mailing into slices of `rows` recipients, all due at once; their numbers."""
    ids = select(deliveries.c.recipient_id).where(deliveries.c.mailing_id == mailing_id)
    ids = ids.order_by(deliveries.c.recipient_id)
    made: list[dict[str, Any]] = []
    first = tx.execute(ids.limit(1)).scalar()
    while first is not None:
        ahead = ids.where(deliveries.c.recipient_id >= first).offset(rows - 1).limit(2)
        ends = tx.execute(ahead).scalars().all()
        last = ends[0] if ends else tx.execute(ids.order_by(None).with_only_columns(_HIGHEST)).scalar_one()
        number = rows if ends else tx.execute(_between(mailing_id, first, last)).scalar_one()
        made.append(
            {
                "mailing_id": mailing_id,
                "number": len(made),
                "first": first,
                "last": last,
                "epoch": 0,
                "owner": "",
                "due_at": AT_ONCE,
                "tallies": {str(DeliveryState.QUEUED): number},
            }
        )
        first = ends[1] if len(ends) == 2 else None
    if made:
        tx.execute(slices.insert(), made)
    return [each["number"] for each in made]


_HIGHEST = func.max(deliveries.c.recipient_id)


def _between(mailing_id: int, first: int, last: int) -> Select[int]:
    of_slice = deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id.between(first, last)
    return select(func.count()).select_from(deliveries).where(*of_slice)


def is_takeable(now: datetime) -> ColumnElement[bool]:
    """Slices that are due and nobody's, or whose lease is over; whether their mailing goes on is not asked here."""
    due = or_(slices.c.due_at <= now, slices.c.due_at > now + MAX_BACKOFF)  # further ahead than we ever set: as below
    return and_(due, _is_free(now))


def _is_free(now: datetime) -> ColumnElement[bool]:
    lease = slices.c.lease_until
    return or_(lease.is_(None), lease <= now, lease > now + LEASE + SKEW)


def take(
    tx: Connection,
    owner: str,
    now: datetime,
    *,
    mailing_id: int | None = None,
    number: int | None = None,
    cancelled: bool = False,
) -> Hold | None:
    """Take the first slice that can be taken, of all or of those named, for a lease; None when there is none.

    Of mailings that are being sent and slices that are due; with `cancelled` of cancelled mailings, due or not.
    Rows that a dead owner left in `sending` are settled in the same transaction.
    """
    row = tx.execute(_first_to_take(now, mailing_id, number, cancelled)).first()
    if row is None:
        return None
    until, epoch = now + LEASE, row.epoch + 1
    mine = update(slices).where(*_one(row.mailing_id, row.number), slices.c.epoch == row.epoch)
    if tx.execute(mine.values(epoch=epoch, owner=owner, lease_until=until)).rowcount != 1:
        return None
    tallies = row.tallies
    if row.owner:
        repeats = row.resend_after_crash and row.cancelled_at is None
        recover.leftovers(tx, row.mailing_id, row.first, row.last, now, repeats=repeats)
        tallies, _, _ = _count(tx, row.mailing_id, row.first, row.last, now)
    return Hold(row.mailing_id, row.number, row.first, row.last, epoch, tuple(row.lists), until, tallies)


def _first_to_take(now: datetime, mailing_id: int | None, number: int | None, cancelled: bool) -> Select[Any]:
    goes_on = mailings.c.state == MailingState.SENDING
    found = select(slices, mailings.c.lists, mailings.c.resend_after_crash, mailings.c.cancelled_at)
    found = found.join(mailings, mailings.c.id == slices.c.mailing_id)
    if cancelled:
        found = found.where(mailings.c.cancelled_at.is_not(None), slices.c.due_at.is_not(None), _is_free(now))
    else:
        found = found.where(goes_on, is_takeable(now))
    if mailing_id is not None:
        found = found.where(slices.c.mailing_id == mailing_id)
    if number is not None:
        found = found.where(slices.c.number == number)
    # First slices first: a press release of one slice never waits for the hundredth of a newsletter.
    found = found.order_by(slices.c.number, slices.c.mailing_id).limit(1)
    return found.with_for_update(of=slices, skip_locked=True)


def free(tx: Connection, hold: Hold, now: datetime, waits_until: datetime | None = None) -> datetime | None:
    """Bring a slice back with nothing under way, counted anew; when it is due again, None when every row is final.

    `waits_until`: what is due now must wait for an allowance until then. Raises Fenced when it is not ours any more.
    """
    tallies, due_at = _due(tx, hold.mailing_id, hold.first, hold.last, now, waits_until)
    mine = update(slices).where(*_one(hold.mailing_id, hold.number), slices.c.epoch == hold.epoch)
    back = mine.values(owner="", lease_until=None, due_at=due_at, tallies=tallies)
    if tx.execute(back).rowcount != 1:
        raise Fenced(f"slice {hold.number} of mailing {hold.mailing_id} has passed to another sender")
    return due_at


def let_go(tx: Connection, hold: Hold) -> None:
    """Let anybody take a slice whose sender broke down: rows may stand in `sending`, so it keeps its owner's name."""
    mine = update(slices).where(*_one(hold.mailing_id, hold.number), slices.c.epoch == hold.epoch)
    tx.execute(mine.values(lease_until=None))


def let_all_go(tx: Connection) -> int:
    """Fence off whoever holds a slice: for the one who has the lock that all of them worked under; how many."""
    held = update(slices).where(slices.c.owner != "", slices.c.lease_until.is_not(None))
    return tx.execute(held.values(lease_until=None, epoch=slices.c.epoch + 1)).rowcount


def refresh(tx: Connection, mailing_id: int, number: int, now: datetime) -> None:
    """Count a slice anew after a person moved rows of it; one that somebody holds is counted when it comes back."""
    held = select(slices.c.first, slices.c.last).where(*_one(mailing_id, number), slices.c.owner == "")
    row = tx.execute(held.with_for_update()).first()
    if row is not None:
        tallies, due_at = _due(tx, mailing_id, row.first, row.last, now, None)
        tx.execute(update(slices).where(*_one(mailing_id, number)).values(due_at=due_at, tallies=tallies))


def number_of(tx: Connection, mailing_id: int, recipient_id: int) -> int:
    """The slice that a recipient is in."""
    around = slices.c.mailing_id == mailing_id, slices.c.first <= recipient_id, slices.c.last >= recipient_id
    number: int = tx.execute(select(slices.c.number).where(*around)).scalar_one()
    return number


def _one(mailing_id: int, number: int) -> tuple[ColumnElement[bool], ...]:
    return slices.c.mailing_id == mailing_id, slices.c.number == number


def _due(
    tx: Connection, mailing_id: int, first: int, last: int, now: datetime, waits_until: datetime | None
) -> tuple[dict[str, int], datetime | None]:
    """The tallies of these rows, and when the first of them is due: never further ahead than a retry may be."""
    tallies, earliest, ahead = _count(tx, mailing_id, first, last, now)
    present = tallies.get(DeliveryState.QUEUED, 0) > 0 or (earliest is not None and earliest <= now)
    dues = [ahead, (waits_until or AT_ONCE) if present else None]
    due_at = min((each for each in dues if each is not None), default=None)
    return tallies, due_at and min(due_at, now + MAX_BACKOFF)


def _count(
    tx: Connection, mailing_id: int, first: int, last: int, now: datetime
) -> tuple[dict[str, int], datetime | None, datetime | None]:
    """State → number; the earliest due retry, and the earliest that lies ahead. The one look at all rows of a pass."""
    at = deliveries.c.due_at
    earliest, ahead = (func.min(each, type_=at.type) for each in (at, case((at > now, at))))
    found = select(deliveries.c.state, func.count(), earliest, ahead).where(
        deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id.between(first, last)
    )
    rows = tx.execute(found.group_by(deliveries.c.state).order_by(deliveries.c.state)).all()
    retries = next((row[2:] for row in rows if row[0] == DeliveryState.RETRY), (None, None))
    return {row[0]: row[1] for row in rows}, *retries
