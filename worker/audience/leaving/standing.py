"""What somebody who wants to leave is told: which lists it is about, and which ones go on writing to her.

Leaving concerns the lists that a mailing was addressed to. What other lists she is on stays, so the page names both.
A wrong token is answered as if it were somebody's: nobody learns from the page which tokens there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from worker.audience.leaving.leave import Leaving
from worker.office import Office
from worker.store.tables import departures, mailings, memberships, recipients


@dataclass(frozen=True)
class Standing:
    """Lists by id. `left`: she has left all of `lists`; `stay`: whose mailings reach her all the same.

    `topics`: whether she may choose topics, which institutions and the press have none of.
    """

    lists: tuple[str, ...]
    stay: tuple[str, ...]
    left: bool
    topics: bool


def standing(tx: Connection, office: Office, leaving: Leaving) -> Standing:
    """Of the person whom a token stands for."""
    who, own = leaving.recipient_id, lists_of(tx, leaving.recipient_id)
    gone = set(tx.execute(select(departures.c.list_id).where(departures.c.recipient_id == who)).scalars())
    suppressed = tx.execute(select(recipients.c.suppressed).where(recipients.c.id == who)).scalar()
    reaching = () if suppressed else reached_by(office, own)
    return Standing(
        leaving.lists,
        tuple(each for each in reaching if each not in gone and each not in leaving.lists),
        left=set(leaving.lists) <= gone,
        topics=has_topics(office, own),
    )


def of_nobody(tx: Connection, office: Office) -> Standing:
    """What a wrong token is answered with: as if it came with the newest mailing, to a member of a list it includes."""
    newest = tx.execute(select(mailings.c.lists).order_by(mailings.c.id.desc()).limit(1)).scalar()
    lists = tuple(newest or list(office.lists)[:1])
    included = [each for list_id in lists if list_id in office.lists for each in office.closure(list_id)]
    member_of = next((each for each in included if each not in lists), lists[0])
    stay = tuple(each for each in reached_by(office, [member_of]) if each not in lists)
    return Standing(lists, stay, left=False, topics=has_topics(office, included))


def lists_of(tx: Connection, recipient_id: int) -> list[str]:
    """The lists that somebody is on herself."""
    own = select(memberships.c.list_id).where(memberships.c.recipient_id == recipient_id)
    return list(tx.execute(own.order_by(memberships.c.list_id)).scalars())


def reached_by(office: Office, own: Iterable[str]) -> tuple[str, ...]:
    """The lists whose mailings reach a member of the lists `own`: those, and whatever includes one of them."""
    members = set(own)
    return tuple(each for each in office.lists if members & set(office.closure(each)))


def has_topics(office: Office, own: Iterable[str]) -> bool:
    """Whether a member of the lists `own` may choose topics."""
    return any(office.lists[each].topics for each in own if each in office.lists)
