"""Small plans for tests of editing: takes them up, and looks at what became of their occurrences."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from worker.office import Office
from worker.plan.model import Plan
from worker.plan.reading.load import parse_plan
from worker.planning import guard
from worker.planning.current import vocabulary
from worker.planning.take_up import TakenUp, first_start, take_up
from worker.store.states import OccurrenceState
from worker.store.tables import decisions, events, notices, occurrences, packages

BEGUN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
"""A Saturday noon in Prague: the first start."""

HEAD = """\
plan: {title: Zkouška, from: 2026-01-01, to: 2027-12-31}
defaults: {in_charge: koordinator}
activities:
"""
MONTHLY = """\
id: zprava
when: leden–prosinec 2027
periodicity: 1x za měsíc
activity: Zpráva
place: řádek 1
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
"""
COUNCIL = """\
id: rada
periodicity: dle plánu zasedání
activity: Jednání rady
place: řádek 2
dates: [8. 12. 2026, 12. 1. 2027]
"""
AFTERWARDS = """\
id: ohlas
activity: Ohlas jednání
place: řádek 3
anchor: 7 dní po rada
"""


def text_of(*rows: str) -> str:
    """A plan of these rows; each is the lines of one activity."""
    return HEAD + "".join("  - " + textwrap.indent(row, "    ").strip() + "\n" for row in rows)


def plan_of(office: Office, *rows: str) -> Plan:
    return parse_plan(text_of(*rows).encode(), "schedules.yaml", vocabulary(office))


def offer(office: Office, *rows: str, at: datetime = BEGUN) -> TakenUp | None:
    """Take up a plan of these rows; None when it waits for a confirmation."""
    with office.database.write() as tx:
        first_start(tx, at)
        return take_up(tx, office, plan_of(office, *rows), at)


def take(office: Office, *rows: str, at: datetime = BEGUN) -> TakenUp:
    """The same for an edit that drops little or, if it drops much, was confirmed."""
    with office.database.write() as tx:
        guard.accept(tx, plan_of(office, *rows).digest, "koordinator", "zkouška", at)
    result = offer(office, *rows, at=at)
    assert result is not None
    return result


def occurrence(office: Office, occurrence_id: str) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).one()


def states(office: Office) -> dict[str, str]:
    with office.database.read() as tx:
        rows = tx.execute(select(occurrences.c.id, occurrences.c.state).order_by(occurrences.c.id))
        return {row.id: row.state for row in rows}


def put(office: Office, occurrence_id: str, state: OccurrenceState, **values: Any) -> None:
    """Set the state a test begins with."""
    with office.database.write() as tx:
        found = occurrences.update().where(occurrences.c.id == occurrence_id)
        tx.execute(found.values(state=state, **values))


def decided(office: Office, occurrence_id: str) -> None:
    """A package of the occurrence that was approved."""
    row = occurrence(office, occurrence_id)
    with office.database.write() as tx:
        package_id = tx.execute(
            packages.insert()
            .values(
                occurrence_id=occurrence_id, version=1, digest="d", send_at=row.send_at, lists={}, audience=0,
                reason="", approvers=row.approvers, created_at=BEGUN, submitted_at=BEGUN,
            )
            .returning(packages.c.id)
        ).scalar_one()  # fmt: skip
        tx.execute(
            decisions.insert().values(
                package_id=package_id, live=1, decision="approve", digest="d", person="tiskovy-mluvci", comment="",
                decided_at=BEGUN,
            )
        )  # fmt: skip
    put(office, occurrence_id, OccurrenceState.APPROVED)


def story(office: Office, occurrence_id: str | None) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of the events about an occurrence, or about none, in order."""
    with office.database.read() as tx:
        found = select(events.c.kind, events.c.data).where(events.c.occurrence_id == occurrence_id)
        return [(row.kind, json.loads(row.data)) for row in tx.execute(found.order_by(events.c.seq))]


def told(office: Office, kind: str) -> list[Row[Any]]:
    """The notices of a kind, oldest first."""
    with office.database.read() as tx:
        return list(tx.execute(select(notices).where(notices.c.kind == kind).order_by(notices.c.id)))


def with_file(office: Office, file: Path, *rows: str) -> Office:
    """The same office with a plan file of its own, holding these rows."""
    file.write_text(text_of(*rows), encoding="utf-8")
    return replace(office, settings=replace(office.settings, plan=file))
