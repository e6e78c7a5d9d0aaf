"""What a person enters for an indicator, because nothing that Hlasatel does can tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from worker.errors import HlasatelError
from worker.messages import say
from worker.record import events
from worker.reporting.model import Publisher
from worker.settings.indicators import IndicatorEntry
from worker.store.tables import indicator_facts
from worker.times import format_day, local_day

_C = indicator_facts.c


@dataclass(frozen=True)
class Fact:
    """One entry that counts."""

    id: int
    indicator: str
    title: str
    day: date
    organiser: Publisher
    who: str
    address: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "day": self.day.isoformat(), "organiser": self.organiser.value,
            "who": self.who, "address": self.address,
        }  # fmt: skip


def entered(tx: Connection) -> Sequence[Fact]:
    """Every entry that counts, by day."""
    rows = tx.execute(select(indicator_facts).where(_C.removed_at.is_(None)).order_by(_C.day, _C.id))
    return [
        Fact(row.id, row.indicator, row.title, row.day, Publisher(row.organiser), row.who, row.address) for row in rows
    ]


def note(
    tx: Connection, entry: IndicatorEntry, now: datetime,
    *, title: str, day: date, organiser: Publisher, who: str, address: str, person: str,
) -> tuple[int, bool]:  # fmt: skip
    """Enter it; its number, and whether it is new: the same name on the same day counts once. HlasatelError."""
    if not entry.by_hand:
        raise HlasatelError(say("indicators.not_by_hand", indicator=entry.called))
    if not title:
        raise HlasatelError(say("indicators.words_missing"))
    if day > local_day(now):
        raise HlasatelError(say("choices.done_in_the_future", day=format_day(day)))
    same = _C.indicator == entry.called, _C.title == title, _C.day == day, _C.removed_at.is_(None)
    there: int | None = tx.execute(select(_C.id).where(*same)).scalar()
    if there is not None:
        return there, False
    number: int = tx.execute(
        indicator_facts.insert()
        .values(
            indicator=entry.called, title=title, day=day, organiser=organiser.value, who=who, address=address,
            entered_at=now, entered_by=person, removed_because="",
        )
        .returning(_C.id)
    ).scalar_one()  # fmt: skip
    events.append(
        tx, "indicator.noted", now, occurrence=None, person=person, indicator=entry.called, number=number, title=title,
        held_on=day.isoformat(), address=address,
    )  # fmt: skip
    return number, True


def forget(tx: Connection, number: int, now: datetime, *, reason: str, person: str) -> None:
    """Count it no more; HlasatelError for one that does not count."""
    found = _C.id == number, _C.removed_at.is_(None)
    row = tx.execute(select(indicator_facts).where(*found)).first()
    if row is None:
        raise HlasatelError(say("indicators.no_such_entry", number=number))
    tx.execute(
        update(indicator_facts).where(*found).values(removed_at=now, removed_by=person, removed_because=reason)
    )  # fmt: skip
    events.append(
        tx, "indicator.forgotten", now, occurrence=None, person=person, indicator=row.indicator, number=number,
        title=row.title, reason=reason,
    )  # fmt: skip
