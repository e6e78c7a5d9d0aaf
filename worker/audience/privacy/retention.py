"""What is kept no longer than the office needs it (GDPR, art. 5(1)(e)): counted for a look, taken away by a job.

Each rule is a piece of work that ends after some rows, so that nobody waits long for the database. Emptied deliveries
keep their rows and states (I1); what a mailing did stays told in numbers and in the record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, exists, func, or_, select, update

from worker.audience.privacy.answers import PASSED_ON
from worker.audience.privacy.erase import forget, overwriting
from worker.audience.suppression import Reason
from worker.record import events, mailing_counts, mailing_returns
from worker.settings import Retention
from worker.store.states import FINAL_DELIVERIES
from worker.store.tables import (
    bounces,
    deliveries,
    departures,
    excluded,
    installation,
    mailings,
    memberships,
    notices,
    recipient_links,
    recipient_mails,
    recipients,
    subscriptions,
)
from worker.times import local_day

AT_ONCE = 1000
"""Rows, or people, that one piece of work takes away."""
ROWS = 10_000
"""Deliveries that one piece of work empties: half a second."""


@dataclass(frozen=True)
class Rule:
    """`name` as the look says it; `number` of what is due, and `take`, which takes some of it and says how many."""

    name: str
    number: Callable[[Connection], int]
    take: Callable[[Connection], int]


def rules(kept: Retention, now: datetime) -> list[Rule]:
    """In the order in which they are applied, at `now`."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    mailed, gone = before(kept.mailings_days), before(kept.left_days)
    return [
        Rule("mailings", lambda tx: _count(tx, _of_old_mailings(mailed)), lambda tx: _empty_mailing(tx, mailed, now)),
        Rule("left", lambda tx: _count(tx, _gone(gone)), lambda tx: _forget(tx, gone, now)),
        _deleting("consents", subscriptions, subscriptions.c.withdrawn_at < before(kept.consents_days)),
        _deleting("returned", bounces, bounces.c.at < before(kept.returned_days), first=_told_in_numbers),
        _deleting("answers", notices, notices.c.kind == PASSED_ON, notices.c.settled_at < before(kept.returned_days)),
        _deleting("mails", recipient_mails, recipient_mails.c.settled_at < before(kept.mails_days)),
        _deleting("links", recipient_links, recipient_links.c.ends_at < before(kept.mails_days)),
    ]


def due(tx: Connection, kept: Retention, now: datetime) -> dict[str, int]:
    """What would be taken away now, by rule: recipients of old mailings, recipients who left, and rows of the rest."""
    return {rule.name: rule.number(tx) for rule in rules(kept, now)}


def take_some(tx: Connection, kept: Retention, now: datetime) -> dict[str, int]:
    """Take some of what is due; how much of which rule, empty when nothing was."""
    overwriting(tx)
    taken = {rule.name: number for rule in rules(kept, now) if (number := rule.take(tx))}
    if taken:
        events.append(tx, "recipients.tidied", now, taken=taken)
    return taken


def is_for_today(tx: Connection, now: datetime) -> bool:
    """Whether nobody has looked today (Prague) for what is kept no longer: once a day is enough."""
    last: datetime | None = tx.execute(select(installation.c.tidied_at)).scalar()
    return last is None or local_day(last) != local_day(now)


def was_today(tx: Connection, now: datetime) -> None:
    """All of it is taken away for today."""
    tx.execute(update(installation).values(tidied_at=now))


def _count(tx: Connection, found: Select[int]) -> int:
    number: int = tx.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    return number


def _of_old_mailings(before: datetime) -> Select[int]:
    """The deliveries of mailings that ended before then and still say whose they are."""
    return select(deliveries.c.recipient_id).where(
        deliveries.c.mailing_id.in_(_old_mailings(before)), deliveries.c.address != ""
    )


def _old_mailings(before: datetime) -> Select[int]:
    return select(mailings.c.id).where(mailings.c.closed_at < before, mailings.c.emptied_at.is_(None))


def _empty_mailing(tx: Connection, before: datetime, now: datetime) -> int:
    """Take addresses, greetings and the servers' replies out of some deliveries of the first mailing that has any."""
    for mailing in tx.execute(_old_mailings(before).order_by(mailings.c.id)).scalars().all():
        of_mailing = deliveries.c.mailing_id == mailing
        some = select(deliveries.c.recipient_id).where(of_mailing, deliveries.c.address != "").limit(ROWS)
        emptied = {"address": "", "greeting": "", "reply": "", "unsubscribe_hash": None}
        these = update(deliveries).where(of_mailing, deliveries.c.recipient_id.in_(some))
        mailing_counts.before_emptying(tx, mailing, now)
        if number := tx.execute(these.values(emptied)).rowcount:
            return number
        tx.execute(delete(excluded).where(excluded.c.mailing_id == mailing))
        tx.execute(update(mailings).where(mailings.c.id == mailing).values(emptied_at=now))
    return 0


def _gone(before: datetime) -> Select[int]:
    """Whom nothing is sent to, and has not been since then: suppressed or on no list, with nothing under way."""
    own = recipients.c.id

    def lately(table: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(table.c.recipient_id == own, *where)

    under_way = deliveries.c.state.not_in(FINAL_DELIVERIES)
    recent = select(mailings.c.id).where(or_(mailings.c.closed_at.is_(None), mailings.c.frozen_at >= before))
    return select(own).where(
        recipients.c.suppressed != Reason.ERASED,
        recipients.c.created_at < before,
        or_(recipients.c.suppressed != "", ~lately(memberships)),
        ~lately(departures, departures.c.left_at >= before),
        ~lately(bounces, bounces.c.at >= before),
        ~lately(deliveries, or_(under_way, deliveries.c.mailing_id.in_(recent))),
    )


def _forget(tx: Connection, before: datetime, now: datetime) -> int:
    """Empty some of their rows. Whoever asked for it, or could not be reached, stays suppressed by her hash."""
    found = tx.execute(_gone(before).order_by(recipients.c.id).limit(AT_ONCE)).scalars().all()
    for recipient_id in found:
        forget(tx, recipient_id, now)
    return len(found)


def _deleting(
    name: str,
    table: Table,
    *where: ColumnElement[bool],
    first: Callable[[Connection, Sequence[int]], None] | None = None,
) -> Rule:
    (key,) = table.primary_key.columns

    def some(tx: Connection) -> int:
        these = tx.execute(select(key).where(*where).order_by(key).limit(AT_ONCE)).scalars().all()
        if first is not None and these:
            first(tx, these)
        return tx.execute(delete(table).where(key.in_(these))).rowcount if these else 0

    return Rule(name, lambda tx: _count(tx, select(key).where(*where)), some)


def _told_in_numbers(tx: Connection, these: Sequence[int]) -> None:
    mailing_returns.before_deleting(tx, bounces.c.id.in_(these))
