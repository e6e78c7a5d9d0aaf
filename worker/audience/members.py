"""Who is on a list. An audience is the union of the addressed lists with all they include, each person once.

Leaving concerns the list a mailing was addressed to: whoever left `vsichni` still gets what goes to `media` alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CompoundSelect, Connection, Select, and_, exists, func, select, union

from worker.office import Office
from worker.store.tables import departures, memberships, recipients


def audience(office: Office, list_ids: Sequence[str]) -> Select[tuple[int]] | CompoundSelect[tuple[int]]:
    """The ids of everybody a mailing to `list_ids` goes to, as one query."""
    if not list_ids:
        return select(recipients.c.id).where(recipients.c.id.is_(None))
    return union(*(_of_list(office, list_id) for list_id in list_ids))


def size(tx: Connection, office: Office, list_ids: Sequence[str]) -> int:
    """How many recipients a mailing to `list_ids` has now."""
    return tx.execute(select(func.count()).select_from(audience(office, list_ids).subquery())).scalar_one()


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
