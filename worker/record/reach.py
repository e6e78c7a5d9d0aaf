"""Whom the plan's media reach: which target groups of `channels.yaml` an occurrence got to, one or a span of them.

"Záměrem kraje, aby každá stěžejní informace byla rozšířena mezi obyvatele. Proto se taková informace objeví na všech
kanálech." (000:311)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.office import Office
from worker.store.states import OccurrenceState, PublicationState
from worker.store.tables import occurrences, publications

_P = PublicationState
_STILL_MAY = frozenset({_P.QUEUED, _P.SENDING, _P.PAUSED, _P.ASKED, _P.UNKNOWN})
_BEGUN = (OccurrenceState.SENDING, OccurrenceState.DONE)


@dataclass(frozen=True)
class Reach:
    """The groups of the table by how an occurrence stands with them: `reached` surely, `open` maybe still."""

    occurrence_id: str
    title: str
    reached: tuple[str, ...]
    open: tuple[str, ...]
    unreached: tuple[str, ...]


def unreached(tx: Connection, office: Office, occurrence_id: str) -> tuple[str, ...]:
    """Groups that none of the occurrence's texts got to, or still may; none before it is sent."""
    found = tx.execute(select(publications).where(publications.c.occurrence_id == occurrence_id)).all()
    return _groups(office, found)[2] if found else ()


def between(tx: Connection, office: Office, since: datetime, until: datetime) -> list[Reach]:
    """Every key piece of information (`stezejni`) whose send time lies in the half-open span, in their order."""
    row = occurrences.c
    in_span = row.stezejni, row.state.in_(_BEGUN), row.send_at >= since, row.send_at < until
    key = tx.execute(select(row.id, row.title).where(*in_span).order_by(row.send_at, row.id)).all()
    places: dict[str, list[Row[Any]]] = {each.id: [] for each in key}
    found = select(publications).where(publications.c.occurrence_id.in_(list(places)))
    for place in tx.execute(found) if places else ():
        places[place.occurrence_id].append(place)
    return [Reach(each.id, each.title, *_groups(office, places[each.id])) for each in key]


def _groups(office: Office, rows: Iterable[Row[Any]]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Reached, open and unreached groups, in the order of the table."""
    out: set[str] = set()
    may: set[str] = set()
    for row in rows:
        medium = office.media.get(row.medium)
        if medium is not None and row.state == _P.PUBLISHED:
            out.update(medium.reaches)
        elif medium is not None and row.state in _STILL_MAY:
            may.update(medium.reaches)
    known = dict.fromkeys(group for medium in office.media.values() for group in medium.reaches)
    return (
        tuple(group for group in known if group in out),
        tuple(group for group in known if group in may - out),
        tuple(group for group in known if group not in out | may),
    )
