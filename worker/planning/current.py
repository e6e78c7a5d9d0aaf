"""Which plan is in force: the one that was last taken up. The file is looked at apart from it, for it may be faulty."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting.variants import variants
from worker.errors import InvalidFiles
from worker.kinds import plannable
from worker.office import Office
from worker.plan.model import Plan, Vocabulary
from worker.plan.reading.load import load_plan, parse_plan
from worker.positions import read_bytes
from worker.store.tables import plan_versions

MISSING = "missing"


@dataclass(frozen=True)
class PlanFile:
    """The plan's file as it stood when it was read."""

    digest: str
    """SHA-256 of its bytes, hex; `missing` when it could not be read, which is an edit like any other."""
    data: bytes | None
    unreadable: InvalidFiles | None = None

    def plan(self, office: Office) -> Plan:
        """What it says; InvalidFiles with every fault."""
        if self.data is None:
            assert self.unreadable is not None
            raise self.unreadable
        return parse_plan(self.data, str(office.settings.plan), vocabulary(office))


def vocabulary(office: Office) -> Vocabulary:
    """The ids that a plan of this office may name."""
    return Vocabulary(
        kinds=plannable(office.people),
        lists=frozenset(office.lists),
        people=frozenset(office.people),
        templates=variants(office.templates),
        projects=frozenset(office.projects),
        media={each.id: frozenset(each.takes) for each in office.media.values()} or None,
    )


def plan_file(office: Office) -> PlanFile:
    """The file as the coordinator saved it, read once, so that what is judged is what was read."""
    try:
        data = read_bytes(office.settings.plan)
    except InvalidFiles as error:
        return PlanFile(MISSING, None, error)
    return PlanFile(hashlib.sha256(data).hexdigest(), data)


def plan_on_file(office: Office) -> Plan:
    """The plan as the coordinator saved it; InvalidFiles with every fault."""
    return load_plan(office.settings.plan, vocabulary(office))


def last_version(tx: Connection) -> Row[Any] | None:
    """What was last taken up; None before the first."""
    return tx.execute(select(plan_versions).order_by(plan_versions.c.id.desc()).limit(1)).first()


def last_good(tx: Connection, office: Office) -> Plan | None:
    """The plan that was last taken up; None before the first. It was valid then; InvalidFiles if config has changed."""
    version = last_version(tx)
    if version is None:
        return None
    plan = parse_plan(version.text.encode(), str(office.settings.plan), vocabulary(office))
    return replace(plan, digest=version.digest)  # the file may have had a BOM


def plan_in_force(tx: Connection, office: Office) -> Plan:
    """The plan that was last taken up; the one on file before the first, or when the configuration has outgrown that.

    InvalidFiles when there is neither.
    """
    try:
        good = last_good(tx, office)
    except InvalidFiles:
        good = None
    return good or plan_on_file(office)


def text_diff(before: Row[Any] | None, text: str, digest: str) -> str:
    """How `text` differs from the version `before`, as a unified diff without line ends; empty for the first."""
    if before is None:
        return ""
    old, new = (f"schedules.yaml@{version[:12]}" for version in (before.digest, digest))
    return "\n".join(difflib.unified_diff(before.text.splitlines(), text.splitlines(), old, new, lineterm=""))
