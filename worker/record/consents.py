"""Consents of the people that a text tells of (000:431): who noted which, and which of them count on a day.

Whose consent it is stands in this table alone, never in an event, a log or a mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.store.tables import consents


class GivenBy(StrEnum):
    """Who gave a consent: the person, or whoever answers for a child or a person who cannot decide."""

    PERSON = "person"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class Consent:
    """One noted consent. `until` is the last day it holds (Prague calendar), None without an end."""

    id: int
    occurrence_id: str
    subject: str
    given_by: GivenBy
    until: date | None
    noted_by: str
    noted_at: datetime
    withdrawn_at: datetime | None

    def counts_on(self, day: date) -> bool:
        """Whether it holds on `day`: not withdrawn, and not over before it."""
        return self.withdrawn_at is None and (self.until is None or self.until >= day)


def of_occurrence(tx: Connection, occurrence_id: str) -> tuple[Consent, ...]:
    """Everything that was noted for an occurrence, also what counts no more, oldest first."""
    found = select(consents).where(consents.c.occurrence_id == occurrence_id).order_by(consents.c.id)
    return tuple(_consent(row) for row in tx.execute(found))


def noted(tx: Connection) -> tuple[Consent, ...]:
    """Everything that was ever noted, oldest first."""
    return tuple(_consent(row) for row in tx.execute(select(consents).order_by(consents.c.id)))


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        row.id, row.occurrence_id, row.subject, GivenBy(row.given_by), row.until, row.noted_by, row.noted_at,
        row.withdrawn_at,
    )  # fmt: skip
