"""Who gets a mailing: the union of the addressed lists with all they include, each person once, save who does not.

Left out are those who have left the addressed lists, whose address is suppressed, who paused, and who chose topics of
which the row of the plan has none. Leaving concerns the list a mailing was addressed to: whoever left `vsichni` still
gets what goes to `media` alone. Topics concern those who are on a list that offers them, by that list alone: a newsroom
gets every press release. A correction goes by what was sent, not by who is on a list now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union,
)

from worker.office import Office
from worker.store.states import DeliveryState
from worker.store.tables import deliveries, departures, excluded, mailings, memberships, recipient_topics, recipients


@dataclass(frozen=True)
class Addressed:
    """What a mailing is addressed to: ids of lists, and the topics of its row; none: it is for all.

    With `corrects`, the id of an occurrence, it goes to those whom that one's mailings reached, or may have, and who
    have not left `lists` since; its topics do not count then.
    """

    lists: tuple[str, ...]
    topics: tuple[str, ...] = ()
    corrects: str | None = None

    @classmethod
    def of(cls, occurrence: Row[Any]) -> Self:
        """Of a row of `occurrences`."""
        return cls(tuple(occurrence.lists), tuple(occurrence.topics), occurrence.corrects)


def audience(office: Office, to: Addressed, now: datetime) -> Select[tuple[int]]:
    """The ids of everybody who gets a mailing addressed so at `now` (aware), as one query."""
    return select(recipients.c.id).where(gets_it(office, to, now))


def size(tx: Connection, office: Office, to: Addressed, now: datetime) -> int:
    """How many recipients a mailing has that is addressed so."""
    people = audience(office, to, now).subquery()
    return tx.execute(select(func.count()).select_from(people)).scalar_one()


def sizes(
    tx: Connection, office: Office, list_ids: Sequence[str], now: datetime, topics: tuple[str, ...] = ()
) -> dict[str, int]:
    """The size of each list alone, in the order given."""
    return {list_id: size(tx, office, Addressed((list_id,), topics), now) for list_id in list_ids}


def gets_it(office: Office, to: Addressed, now: datetime) -> ColumnElement[bool]:
    """Whether a row of `recipients` gets it: a condition for the statement that freezes them."""
    if to.corrects is not None:
        on_lists = and_(recipients.c.id.in_(_reached(to.corrects)), ~_left_all(to.lists))
    elif to.lists:
        # One look at the memberships for all lists together; asking them for each recipient would take twice as long.
        members = union(*(_of_list(office, each, to.topics) for each in to.lists)).subquery()
        on_lists = recipients.c.id.in_(select(members.c.recipient_id))
    else:
        on_lists = false()
    return and_(on_lists, recipients.c.suppressed == "", ~_paused(now))


def exclude(tx: Connection, office: Office, mailing_id: int, to: Addressed, now: datetime) -> dict[str, int]:
    """Keep of everybody whom the mailing was addressed to and who has no delivery of it the reason; reason → number.

    One statement; only those are looked at of whom anything is known that may leave them out.
    """
    whom = recipients.c.id
    delivered = exists().where(deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id == whom)
    rows = select(literal(mailing_id), whom, _why(office, to, now)).where(
        whom.in_(_in_doubt(to, now)), _is_addressed(office, to), ~delivered
    )
    columns = ["mailing_id", "recipient_id", "reason"]
    tx.execute(excluded.insert().from_select(columns, rows))
    found = select(excluded.c.reason, func.count()).where(excluded.c.mailing_id == mailing_id)
    return {reason: number for reason, number in tx.execute(found.group_by(excluded.c.reason))}


def _in_doubt(to: Addressed, now: datetime) -> Select[tuple[int]]:
    """Everybody of whom anything is known that may leave her out of a mailing."""
    parts = [
        select(recipients.c.id).where(or_(recipients.c.suppressed != "", _paused(now))),
        select(departures.c.recipient_id).where(departures.c.list_id.in_(to.lists)),
    ]
    if to.topics and to.corrects is None:
        parts.append(select(recipient_topics.c.recipient_id))
    found = union(*parts).subquery()
    return select(found.c[0])


def _is_addressed(office: Office, to: Addressed) -> ColumnElement[bool]:
    if to.corrects is not None:
        return recipients.c.id.in_(_reached(to.corrects))
    everywhere = {name for each in to.lists for name in office.closure(each)}
    return exists().where(memberships.c.recipient_id == recipients.c.id, memberships.c.list_id.in_(everywhere))


def _why(office: Office, to: Addressed, now: datetime) -> ColumnElement[str]:
    """The first reason that holds: one that lasts before one that passes."""
    if to.corrects is not None:
        stays = ~_left_all(to.lists)
    else:
        stays = or_(
            *(
                exists().where(
                    memberships.c.recipient_id == recipients.c.id,
                    memberships.c.list_id.in_(office.closure(each)),
                    ~_left(memberships.c.recipient_id, each),
                )
                for each in to.lists
            ),
            false(),
        )
    return case(
        (recipients.c.suppressed != "", "suppressed"), (~stays, "left"), (_paused(now), "paused"), else_="topic"
    )


def _paused(now: datetime) -> ColumnElement[bool]:
    return func.coalesce(recipients.c.paused_until > now, false())


def _left(recipient_id: ColumnElement[int], list_id: str) -> ColumnElement[bool]:
    return exists().where(departures.c.recipient_id == recipient_id, departures.c.list_id == list_id)


def _left_all(list_ids: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row of `recipients` has left each of them."""
    return and_(true(), *(_left(recipients.c.id, each) for each in list_ids)) if list_ids else false()


def _of_list(office: Office, list_id: str, topics: tuple[str, ...]) -> Select[tuple[int]]:
    everywhere = office.closure(list_id)
    found = (
        select(memberships.c.recipient_id)
        .where(memberships.c.list_id.in_(everywhere), ~_left(memberships.c.recipient_id, list_id))
        .distinct()
    )
    offering = [each for each in everywhere if office.lists[each].topics]
    if not topics or not offering:
        return found
    chose = recipient_topics.c.recipient_id == memberships.c.recipient_id
    hers = exists().where(chose, recipient_topics.c.topic.in_(topics))
    return found.where(or_(memberships.c.list_id.not_in(offering), hers, not_(exists().where(chose))))


def _reached(occurrence_id: str) -> Select[tuple[int]]:
    """An address that was refused for good did not get the original, and is not written to again."""
    return (
        select(deliveries.c.recipient_id)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(
            mailings.c.occurrence_id == occurrence_id,
            deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.UNKNOWN]),
        )
        .distinct()
    )
