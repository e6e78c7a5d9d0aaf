"""The members of a list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.store.tables import memberships, recipients


@dataclass(frozen=True)
class Member:
    """One recipient of a list."""

    address: str
    name: str
    greeting: str


def members(tx: Connection, office: Office, list_id: str) -> list[Member]:
    """The recipients that are on the list themselves or through a list it includes, by address."""
    if list_id not in office.lists:
        raise HlasatelError(say("audience.unknown_list", list=list_id, known=", ".join(sorted(office.lists))))
    rows = tx.execute(
        select(recipients.c.address, recipients.c.name, recipients.c.greeting)
        .join(memberships, memberships.c.recipient_id == recipients.c.id)
        .where(memberships.c.list_id.in_(office.closure(list_id)))
        .distinct()
        .order_by(recipients.c.address)
    )
    return [Member(row.address, row.name, row.greeting) for row in rows]
