"""Who is on a list. An audience is the union of the addressed lists with all they include, each person once.

Leaving concerns the list a mailing was addressed to: whoever left `vsichni` still gets what goes to `media` alone.
A correction goes by what was sent, not by who is on a list now.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CompoundSelect, Connection, Select, and_, exists, func, not_, select, true, union

from worker.office import Office
from worker.store.states import DeliveryState
from worker.store.tables import deliveries, departures, mailings, memberships, recipients


def audience(
    office: Office, list_ids: Sequence[str], corrects: str | None = None
) -> Select[tuple[int]] | CompoundSelect[tuple[int]]:
    """The ids of everybody a mailing to `list_ids` goes to, as one query.

    With `corrects`, the id of an occurrence, those whom its mailings reached, or may have, and who have not left
    `list_ids` since.
    """
    if corrects is not None:
        return _reached(corrects, list_ids)
    if not list_ids:
        return select(recipients.c.id).where(recipients.c.id.is_(None))
    return union(*(_of_list(office, list_id) for list_id in list_ids))


def size(tx: Connection, office: Office, list_ids: Sequence[str], corrects: str | None = None) -> int:
    """How many recipients a mailing to `list_ids` has now; `corrects` as above."""
    people = audience(office, list_ids, corrects).subquery()
    return tx.execute(select(func.count()).select_from(people)).scalar_one()


def sizes(tx: Connection, office: Office, list_ids: Sequence[str]) -> dict[str, int]:
    """The size of each list alone, in the order given."""
    return {list_id: size(tx, office, [list_id]) for list_id in list_ids}


def _of_list(office: Office, list_id: str) -> Select[tuple[int]]:
    left = exists().where(
        and_(departures.c.recipient_id == memberships.c.recipient_id, departures.c.list_id == list_id)
    )
    return (
        select(memberships.c.recipient_id.label("id"))
        .where(memberships.c.list_id.in_(office.closure(list_id)), ~left)
        .distinct()
    )


def _reached(occurrence_id: str, list_ids: Sequence[str]) -> Select[tuple[int]]:
    """An address that was refused for good did not get the original, and is not written to again."""
    left = [
        exists().where(and_(departures.c.recipient_id == recipients.c.id, departures.c.list_id == list_id))
        for list_id in list_ids
    ]
    return (
        select(recipients.c.id.label("id"))
        .join(deliveries, deliveries.c.recipient_id == recipients.c.id)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(
            mailings.c.occurrence_id == occurrence_id,
            deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.UNKNOWN]),
            not_(and_(true(), *left)) if left else true(),
        )
        .distinct()
    )
