"""What came back of a mailing after it was accepted, who left by it and who answered: in numbers that stay.

They are remembered when the office keeps no longer who it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.store.states import DeliveryState
from worker.store.tables import bounces, deliveries, departures, mailing_accounts

LEFT = "left"
"""Who left by this mailing, beside the sorts of `bounces`."""


def before_deleting(tx: Connection, *which: ColumnElement[bool]) -> None:
    """Remember the numbers of `bounces` that are about to be deleted, by mailing and sort."""
    found = select(bounces.c.mailing_id, bounces.c.sort, func.count()).where(*which, bounces.c.mailing_id.is_not(None))
    _remember(tx, tx.execute(found.group_by(bounces.c.mailing_id, bounces.c.sort)).all())


def before_forgetting(tx: Connection, recipient_id: int) -> None:
    """The same of all that is about to be deleted of one recipient, with the mailing by which she left."""
    before_deleting(tx, bounces.c.recipient_id == recipient_id)
    hers = departures.c.recipient_id == recipient_id, departures.c.mailing_id.is_not(None)
    by = select(departures.c.mailing_id).where(*hers).distinct()
    _remember(tx, [(mailing_id, LEFT, 1) for mailing_id in tx.execute(by).scalars().all()])


def returned(tx: Connection, mailing_id: int, gone: Mapping[str, int], at_once: Mapping[str, int]) -> dict[str, int]:
    """What came back after it was accepted, by sort, and under `left` who left by it; with what is kept no longer.

    `at_once` are those whom the relay refused itself (`refused`): they stand among the failed already.
    """
    found = select(bounces.c.sort, func.count()).where(bounces.c.mailing_id == mailing_id).group_by(bounces.c.sort)
    numbers: Counter[str] = Counter(gone)
    for sort, number in tx.execute(found):
        numbers[sort] += number
    numbers.subtract(at_once)
    left = select(func.count(distinct(departures.c.recipient_id))).where(departures.c.mailing_id == mailing_id)
    numbers[LEFT] += tx.execute(left).scalar_one()
    return {sort: number for sort, number in numbers.items() if number > 0}


def refused(tx: Connection, mailing_id: int) -> dict[str, int]:
    """Of what came back, by sort, whom the relay refused at once; complete when `mailings.refusals_at` is set."""
    found = select(bounces.c.sort, func.count()).join(deliveries, _delivery_of_bounce())
    of_it = bounces.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.FAILED
    return {sort: number for sort, number in tx.execute(found.where(*of_it).group_by(bounces.c.sort))}


def returned_by_domain(tx: Connection, mailing_id: int) -> Counter[str]:
    """Domain → recipients whose mail came back after it was accepted; answers do not count."""
    domain = domain_of(tx)
    found = select(domain, func.count()).join_from(bounces, deliveries, _delivery_of_bounce())
    afterwards = deliveries.c.state != DeliveryState.FAILED
    found = found.where(bounces.c.mailing_id == mailing_id, bounces.c.sort != "reply", afterwards)
    return Counter({row[0]: row[1] for row in tx.execute(found.group_by(domain))})


def folded(numbers: Mapping[str, int], named: Collection[str]) -> dict[str, int]:
    """Numbers by domain, those of domains that are not named under an empty one."""
    found: Counter[str] = Counter()
    for domain, number in numbers.items():
        found[domain if domain in named else ""] += number
    return dict(found)


def domain_of(tx: Connection) -> ColumnElement[str]:
    """The domain of a delivery's address; empty where the row no longer says whose it was."""
    address = deliveries.c.address
    if tx.dialect.name == "postgresql":
        return func.split_part(address, "@", 2)
    return func.substr(address, func.instr(address, "@") + 1)


def _delivery_of_bounce() -> ColumnElement[bool]:
    return and_(deliveries.c.mailing_id == bounces.c.mailing_id, deliveries.c.recipient_id == bounces.c.recipient_id)


def _remember(tx: Connection, numbers: Sequence[Any]) -> None:
    by_mailing: dict[int, Counter[str]] = defaultdict(Counter)
    for mailing_id, sort, number in numbers:
        by_mailing[mailing_id][sort] += number
    for mailing_id, more in sorted(by_mailing.items()):
        known = select(mailing_accounts.c.gone).where(mailing_accounts.c.mailing_id == mailing_id)
        gone = Counter(tx.execute(known.with_for_update()).scalar() or {}) + more
        keep_values(tx, mailing_id, {"gone": dict(gone)})


def keep_values(tx: Connection, mailing_id: int, values: Mapping[str, Any]) -> None:
    """Write some columns of a mailing\'s account; its row is made where there is none."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = insert(mailing_accounts).values({"mailing_id": mailing_id, "tallies": {}, "gone": {}, **values})
    tx.execute(new.on_conflict_do_update(index_elements=["mailing_id"], set_=dict(values)))
