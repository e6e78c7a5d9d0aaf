"""Every medium beside the mailing lists as it stands: whom it reaches, what came out last, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.kinds import kind_name
from worker.office import Office
from worker.record.places import Stopped, stopped
from worker.settings import Medium
from worker.store.states import PublicationState
from worker.store.tables import media_checks, publications
from worker.times import rfc3339

_WAITING = (
    PublicationState.QUEUED, PublicationState.SENDING, PublicationState.PAUSED, PublicationState.ASKED,
    PublicationState.UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One medium of `channels.yaml`. `last` is the publication that came out last, None before the first.

    `waiting` texts are not out yet, `failed` ones will not be by themselves; `good_until` is the end of what it is used
    with (a token), None where nobody knows one.
    """

    medium: Medium
    last: Row[Any] | None
    out: int
    waiting: int
    failed: int
    stopped: Stopped | None
    good_until: datetime | None

    @property
    def takes(self) -> str:
        """The kinds of text it gets, by name."""
        return ", ".join(map(kind_name, self.medium.takes))

    def as_json(self) -> dict[str, Any]:
        """The same for a program; times as RFC 3339, null where there is none."""
        return {
            "id": self.medium.id,
            "name": self.medium.name,
            "channel": self.medium.channel,
            "person": self.medium.person,
            "takes": list(self.medium.takes),
            "reaches": list(self.medium.reaches),
            "out": self.out,
            "last_out_at": rfc3339(self.last.settled_at) if self.last is not None else None,
            "last_out": self.last.occurrence_id if self.last is not None else None,
            "address": self.last.address if self.last is not None else "",
            "waiting": self.waiting,
            "failed": self.failed,
            "stopped": self.stopped.as_json() if self.stopped is not None else None,
            "good_until": rfc3339(self.good_until) if self.good_until is not None else None,
        }


def standings(tx: Connection, office: Office) -> list[Standing]:
    """Every medium, in the order of `channels.yaml`."""
    still = {each.id: each for each in stopped(tx, office)}
    ends = {row.medium: row.good_until for row in tx.execute(select(media_checks))}
    row = publications.c
    numbers: dict[str, dict[str, int]] = {}
    counted = select(row.medium, row.state, func.count()).group_by(row.medium, row.state)
    for medium, state, number in tx.execute(counted):
        numbers.setdefault(medium, {})[state] = number
    newest = select(func.max(row.id)).where(row.state == PublicationState.PUBLISHED).group_by(row.medium)
    last = {found.medium: found for found in tx.execute(select(publications).where(row.id.in_(newest)))}
    return [_standing(each, numbers.get(each.id, {}), last.get(each.id), still, ends) for each in office.media.values()]


def _standing(
    medium: Medium, numbers: dict[str, int], last: Row[Any] | None, still: dict[str, Stopped], ends: dict[str, datetime]
) -> Standing:
    return Standing(
        medium, last, numbers.get(PublicationState.PUBLISHED, 0), sum(numbers.get(each, 0) for each in _WAITING),
        numbers.get(PublicationState.FAILED, 0) + numbers.get(PublicationState.EXPIRED, 0), still.get(medium.id),
        ends.get(medium.id),
    )  # fmt: skip
