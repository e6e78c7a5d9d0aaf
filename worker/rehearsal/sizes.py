"""How many people the office's lists really have: numbers alone are read, no one's data leaves the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from worker.audience.members import size
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.model import Plan
from worker.store.database import SCHEMA, Database
from worker.store.tables import memberships


@dataclass(frozen=True)
class Sizes:
    """The sizes of audiences by the lists they are addressed to; `members` are the lists with people of their own."""

    by_lists: Mapping[frozenset[str], int]
    members: frozenset[str]

    def of(self, lists: Collection[str]) -> int:
        return self.by_lists.get(frozenset(lists), 0)


NOBODY = Sizes({}, frozenset())


def read_sizes(office: Office, plan: Plan) -> Sizes | None:
    """The audiences that `plan` addresses, from the office's database; None when there is none yet.

    Raises HlasatelError for one that cannot be read, or is newer than this program.
    """
    database = office.database
    if database.file is not None and not database.file.exists():
        return None
    try:
        schema = database.schema()
        if schema is None:
            return None
        if schema > SCHEMA:
            raise HlasatelError(say("store.newer_schema", place=database.place(), schema=schema))
        return _read(database, office, [activity.lists for activity in plan.activities])
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise HlasatelError(say("store.unreachable", place=database.place(), why=why)) from error


def _read(database: Database, office: Office, addressed: Sequence[tuple[str, ...]]) -> Sizes:
    wanted = {frozenset(lists) for lists in addressed if lists} | {frozenset([each]) for each in office.lists}
    with database.read() as tx:
        return Sizes(
            {lists: size(tx, office, sorted(lists)) for lists in wanted},
            frozenset(tx.execute(select(memberships.c.list_id).distinct()).scalars()),
        )
