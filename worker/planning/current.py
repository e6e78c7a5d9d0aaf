"""Which plan is in force: the file as it stands, or the last good version when the file has faults."""

from __future__ import annotations

from sqlalchemy import Connection, select

from worker.errors import InvalidFiles
from worker.kinds import all_kinds
from worker.office import Office
from worker.plan.load import load_plan, parse_plan
from worker.plan.model import Plan, Vocabulary
from worker.store.tables import plan_versions


def vocabulary(office: Office) -> Vocabulary:
    """The ids that a plan of this office may name."""
    return Vocabulary(kinds=frozenset(all_kinds()), lists=frozenset(office.lists), people=frozenset(office.people))


def plan_on_file(office: Office) -> Plan:
    """The plan as the coordinator saved it; InvalidFiles with every fault."""
    return load_plan(office.settings.plan, vocabulary(office))


def last_good(tx: Connection, office: Office) -> Plan | None:
    """The plan that was last taken up; None before the first. It was valid then; InvalidFiles if config has changed."""
    text = tx.execute(select(plan_versions.c.text).order_by(plan_versions.c.id.desc()).limit(1)).scalar()
    if text is None:
        return None
    return parse_plan(text.encode(), str(office.settings.plan), vocabulary(office))


def plan_in_force(tx: Connection, office: Office) -> Plan:
    """The plan on file, or the last good one while the file has faults; InvalidFiles when there is neither."""
    try:
        return plan_on_file(office)
    except InvalidFiles as error:
        if (good := last_good(tx, office)) is None:
            raise error
        return good


def last_digest(tx: Connection) -> str | None:
    """The digest of the plan that was last taken up."""
    return tx.execute(select(plan_versions.c.digest).order_by(plan_versions.c.id.desc()).limit(1)).scalar()
