"""What a person takes back beside the lists: what is not out never will be, and whoever published it is asked to act.

Nothing is taken down by itself: a post or a printed page is somebody else's, and who published it is written to. What
a machine published goes to the coordinator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.channels import all_channels
from worker.drafting.places import media_of
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.publishing import ledger
from worker.record import events
from worker.store.states import PublicationState, lock_occurrence, move
from worker.store.tables import notices, publications

_P = PublicationState
_NOT_OUT = frozenset({_P.QUEUED, _P.PAUSED, _P.ASKED, _P.FAILED, _P.EXPIRED})
_UNDER_WAY = frozenset({_P.SENDING, _P.UNKNOWN})
CORRECTION = "correction"


def can_call_off(publication: Row[Any]) -> bool:
    """Whether it is not out and nobody has called it off."""
    return publication.called_off_at is None and publication.state in _NOT_OUT | _UNDER_WAY


def call_off(tx: Connection, office: Office, occurrence_id: str, now: datetime, *, reason: str, person: str) -> int:
    """Nothing more of it comes out; how many media that concerns. Whoever was handed it hears not to publish it.

    What is under way at this moment may still come out, and is not tried again if it does not.
    """
    lock_occurrence(tx, occurrence_id)
    found = [row for row in ledger.of_occurrence(tx, occurrence_id) if row.called_off_at is None]
    over = [row for row in found if row.state in _NOT_OUT]
    for row in over:
        move(
            tx, publications, PublicationState(row.state), _P.WITHDRAWN, publications.c.id == row.id,
            due_at=None, settled_at=now, called_off_at=now, reason=reason,
        )  # fmt: skip
        events.append(
            tx, "publication.called_off", now, occurrence=occurrence_id, medium=row.medium, person=person, reason=reason
        )
    under_way = [row for row in found if row.state in _UNDER_WAY]
    called_off = update(publications).where(publications.c.id.in_([row.id for row in under_way]))
    tx.execute(called_off.values(called_off_at=now))
    asked = [row for row in over if row.state == _P.ASKED]
    taken_out = queue.withdraw_hand_off(tx, occurrence_id, now)
    _tell_each(tx, office, (row for row in asked if row.person not in taken_out), "text_called_off", now, reason=reason)
    return len(over) + len(under_way)


def take_down(tx: Connection, office: Office, occurrence_id: str, now: datetime, *, reason: str, person: str) -> None:
    """What is public is withdrawn: nothing more of it comes out, and whoever published it is asked to take it down."""
    out = [row for row in ledger.of_occurrence(tx, occurrence_id) if _is_somewhere_else(row)]
    call_off(tx, office, occurrence_id, now, reason=reason, person=person)
    _tell_each(tx, office, out, "take_down", now, reason=reason)


def put_right(tx: Connection, office: Office, correction: Row[Any], package_id: int, now: datetime) -> None:
    """A correction goes out: whoever published what it corrects, or was handed it, gets it to put beside it.

    A place that the correction itself goes to needs nobody.
    """
    itself = {medium.id for medium in media_of(office, CORRECTION, correction)}
    found = ledger.of_occurrence(tx, correction.corrects)
    out = [row for row in found if (_is_somewhere_else(row) or row.state == _P.ASKED) and row.medium not in itself]
    _tell_each(
        tx, office, out, "put_right", now, occurrence_id=correction.id, package_id=package_id, only=CORRECTION,
        original=correction.corrects,
    )  # fmt: skip


def ask_to_wait(tx: Connection, office: Office, occurrence_id: str, hold_id: int, now: datetime, **facts: Any) -> None:
    """Everything is held: whoever was handed a text and has not said that it is out is asked to keep it back."""
    asked = [row for row in ledger.of_occurrence(tx, occurrence_id) if row.state == _P.ASKED]
    _tell_each(tx, office, asked, "hold_stops_publishing", now, turn=f"/{hold_id}", **facts)


def let_go_on(tx: Connection, office: Office, hold_id: int, now: datetime) -> None:
    """The hold is over: those whom it asked to wait may publish what still waits for them."""
    kept = notices.c.kind == "hold_stops_publishing", notices.c.key.endswith(f"/{hold_id}", autoescape=True)
    for told in tx.execute(select(notices).where(*kept).order_by(notices.c.id)).all():
        found = ledger.of_occurrence(tx, told.occurrence_id)
        asked = [row for row in found if row.state == _P.ASKED and row.person == told.person]
        _tell_each(tx, office, asked, "hold_over_publish", now, turn=f"/{hold_id}")


def _is_somewhere_else(row: Row[Any]) -> bool:
    """Whether it is out where Hlasatel cannot take it back by itself."""
    return row.state == _P.PUBLISHED and not all_channels()[row.channel].takes_back


def _tell_each(
    tx: Connection, office: Office, rows: Iterable[Row[Any]], kind: str, now: datetime,
    *, occurrence_id: str | None = None, package_id: int | None = None, turn: str = "", **data: Any,
) -> None:  # fmt: skip
    """One mail to each person with all her places, each with its address where one is known; one for each `turn`."""
    hers: dict[str, list[Row[Any]]] = {}
    for row in rows:
        known = row.person if row.person in office.people else office.settings.coordinator
        hers.setdefault(known, []).append(row)
    for person, own in hers.items():
        with speaking(office_language()):
            places = "\n\n".join(_line(office, row) for row in own)
        about = occurrence_id or own[0].occurrence_id
        queue.put(
            tx, f"{kind}/{about}/{person}{turn}", kind, person, now, occurrence_id=about, package_id=package_id,
            places=places, **data,
        )  # fmt: skip


def _line(office: Office, row: Row[Any]) -> str:
    where = office.medium_name(row.medium) if row.medium else say("publishing.by_you")
    beside = row.address or (row.reason if row.state == _P.PUBLISHED else "")
    return f"{where}: {beside}" if beside else where
