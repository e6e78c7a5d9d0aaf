"""How many people the office's lists really have: numbers alone are read, no one's data leaves the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from worker.audience.members import Addressed, size
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.model import Plan
from worker.store.database import SCHEMA, Database
from worker.store.tables import memberships


@dataclass(frozen=True)
class Sizes:
    """The sizes of audiences by what they are addressed to; `members` are the lists with people of their own."""

    known: Mapping[Addressed, int]
    members: frozenset[str]

    def of(self, lists: Collection[str], topics: Collection[str] = ()) -> int:
        return self.known.get(_addressed(lists, topics), 0)


NOBODY = Sizes({}, frozenset())


def read_sizes(office: Office, plan: Plan, now: datetime) -> Sizes | None:
    """The audiences that `plan` addresses at `now` (aware), from the office's database; None when there is none yet.

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
        return _read(database, office, plan, now)
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise HlasatelError(say("store.unreachable", place=database.place(), why=why)) from error


def _read(database: Database, office: Office, plan: Plan, now: datetime) -> Sizes:
    wanted = {_addressed(each.lists, each.topics) for each in plan.activities if each.lists}
    wanted |= {_addressed([each]) for each in office.lists}
    with database.read() as tx:
        return Sizes(
            {each: size(tx, office, each, now) for each in wanted},
            frozenset(tx.execute(select(memberships.c.list_id).distinct()).scalars()),
        )


def _addressed(lists: Collection[str], topics: Collection[str] = ()) -> Addressed:
    """The same for the same in another order."""
    return Addressed(tuple(sorted(set(lists))), tuple(sorted(topics)))
