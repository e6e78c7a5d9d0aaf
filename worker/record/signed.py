"""Who made a decision, by the name and role of that day: people.yaml knows only who holds a role now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.office import Office
from worker.record.events import Event
from worker.store.tables import decisions, packages


@dataclass(frozen=True)
class Signature:
    """The one who decided, and whom she stood for (both empty when she stood for nobody)."""

    name: str
    role: str
    approver: str = ""
    approver_role: str = ""


def sign(office: Office, person: str, on_behalf_of: str | None) -> str:
    """What `decisions.signed` keeps: name and role, and the same of whom she stood for, a line each."""
    return "\n".join(part for each in (person, on_behalf_of) if each is not None for part in _now(office, each))


def signature(office: Office, decision: Row[Any]) -> Signature:
    """Whose decision it is; as people.yaml has them now for one made before names were kept."""
    return Signature(*(decision.signed or sign(office, decision.person, decision.on_behalf_of)).split("\n"))


def decided(tx: Connection, occurrence_id: str) -> tuple[Row[Any], ...]:
    """Every decision ever made about an occurrence, whether it holds or not, with its `version`; in their order."""
    rows = tx.execute(
        select(decisions, packages.c.version)
        .join(packages, packages.c.id == decisions.c.package_id)
        .where(packages.c.occurrence_id == occurrence_id)
        .order_by(decisions.c.id)
    )
    return tuple(rows)


def of_event(office: Office, made: Sequence[Row[Any]], event: Event) -> Signature | None:
    """Whose decision, of those `made`, the event tells of as given or taken back; None when it tells of none."""
    if not event.kind.startswith("decision."):
        return None
    about = event.person, event.data.get("version")
    own = [each for each in made if (each.person, each.version) == about and each.decided_at <= event.at]
    return signature(office, own[-1]) if own else None


def _now(office: Office, person_id: str) -> tuple[str, str]:
    person = office.people.get(person_id)
    return office.person_name(person_id), person.role if person is not None else ""
