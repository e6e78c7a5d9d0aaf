"""The queue of notices. A notice is put in with the change it tells of, in one transaction, and once per reason.

The text is made when it is sent: a link's token exists only in the mail, so it cannot wait here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.notices.kinds import DECIDING, KINDS, SETTLED, TIDINGS
from worker.store.outbox import Outbox
from worker.store.states import NoticeState, OccurrenceState, move
from worker.store.tables import notices, occurrences

OUTBOX = Outbox(notices, repeats=lambda notice: KINDS[notice.kind].repeats)


def put(
    tx: Connection,
    key: str,
    kind: str,
    person: str,
    now: datetime,
    *,
    occurrence_id: str | None = None,
    package_id: int | None = None,
    due_at: datetime | None = None,
    **data: Any,
) -> bool:
    """Queue a notice; False when one with this `key` (its reason) was queued before, whenever that was.

    It leaves at `due_at` (aware, at most `outbox.MAX_BACKOFF` ahead), at once without one.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(notices)
        .values(
            key=key,
            kind=kind,
            person=person,
            occurrence_id=occurrence_id,
            package_id=package_id,
            data=data,
            state=NoticeState.QUEUED,
            attempts=0,
            due_at=due_at or now,
            created_at=now,
            reply="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(notices.c.id)  # SQLAlchemy counts the rows of an INSERT on SQLite alone
    )
    return tx.execute(statement).first() is not None


_TOLD = select(notices.c.id).where(notices.c.key == bindparam("reason"))
"""Kept, because every round asks it of whatever waits for somebody."""


def told(tx: Connection, key: str) -> bool:
    """Whether a notice was ever queued for this reason."""
    return tx.execute(_TOLD, {"reason": key}).first() is not None


def missed_key(occurrence_id: str, send_at: datetime) -> str:
    """Why the coordinator is told that nothing went out: once for each send time, whoever notices first."""
    return f"missed/{occurrence_id}/{send_at.isoformat()}"


def next_due(tx: Connection, now: datetime) -> Row[Any] | None:
    """The oldest notice that is due, or None.

    Nobody is asked to decide about what is held: a mail that was on its way when the hold began and came back waits.
    """
    held = exists().where(occurrences.c.id == notices.c.occurrence_id, occurrences.c.state == OccurrenceState.HELD)
    return OUTBOX.next_due(tx, now, not_(and_(notices.c.kind.in_(DECIDING), held)))


def withdraw(tx: Connection, occurrence_id: str, now: datetime, *, person: str | None = None) -> None:
    """There is nothing to decide any more, or not for `person`: what asks for it and has not left will not leave.

    Its reason may come again, so its key is given back. One that is on its way at this moment is let go.
    """
    of_person = () if person is None else (notices.c.person == person,)
    about = notices.c.occurrence_id == occurrence_id, notices.c.kind.in_(DECIDING)
    _take_out(tx, _queued(tx, *about, *of_person), now)


def withdraw_tidings(tx: Connection, package_id: int, now: datetime, *, decision: int | None = None) -> None:
    """The decisions about a version hold no more: what has not left and tells of them will not leave.

    With `decision` it is that one alone, and what told that the whole is approved.
    """
    told: ColumnElement[bool] = notices.c.kind.in_(TIDINGS)
    if decision is not None:
        told = and_(told, or_(notices.c.kind.in_(SETTLED), notices.c.key.like(f"%/{decision}/%")))
    _take_out(tx, _queued(tx, notices.c.package_id == package_id, told), now)


def withdraw_kinds(tx: Connection, person: str, kinds: Sequence[str], now: datetime) -> None:
    """Mails of these kinds to a person that were queued before `now` and have not left: something newer says it all."""
    waiting = notices.c.person == person, notices.c.kind.in_(kinds), notices.c.created_at < now
    for notice_id in _queued(tx, *waiting):
        move(tx, notices, NoticeState.QUEUED, NoticeState.WITHDRAWN, notices.c.id == notice_id, settled_at=now)


def _take_out(tx: Connection, notice_ids: Sequence[int], now: datetime) -> None:
    for notice_id in notice_ids:
        key = notices.c.key + f"/withdrawn/{notice_id}"
        found = notices.c.id == notice_id
        move(tx, notices, NoticeState.QUEUED, NoticeState.WITHDRAWN, found, key=key, settled_at=now)


def pause_hand_off(tx: Connection, occurrence_id: str) -> int:
    """Keep back a text that a person is to publish and does not have yet; how many there were."""
    about = notices.c.occurrence_id == occurrence_id, notices.c.kind == "handoff"
    found = notices.c.id.in_(_queued(tx, *about))
    return move(tx, notices, NoticeState.QUEUED, NoticeState.PAUSED, found)


def resume_hand_off(tx: Connection, occurrence_id: str, now: datetime) -> int:
    """Let it go to its person; how many there were."""
    found = notices.c.occurrence_id == occurrence_id
    return move(tx, notices, NoticeState.PAUSED, NoticeState.QUEUED, found, due_at=now)


def withdraw_hand_off(tx: Connection, occurrence_id: str, now: datetime) -> set[str]:
    """What somebody was to publish was called off before it reached her: it stays here. Whom it would have reached."""
    waiting = NoticeState.QUEUED, NoticeState.PAUSED
    about = notices.c.occurrence_id == occurrence_id, notices.c.kind == "handoff", notices.c.state.in_(waiting)
    found = tx.execute(select(notices).where(*about).with_for_update(skip_locked=True)).all()
    one = notices.c.id
    for row in found:
        move(tx, notices, NoticeState(row.state), NoticeState.WITHDRAWN, one == row.id, settled_at=now)
    return {row.person for row in found}


def _queued(tx: Connection, *about: ColumnElement[bool]) -> Sequence[int]:
    """Those that wait, held until the transaction ends; without those that somebody is sending right now."""
    found = select(notices.c.id).where(*about, notices.c.state == NoticeState.QUEUED)
    return tx.execute(found.with_for_update(skip_locked=True)).scalars().all()


def take_over(tx: Connection, now: datetime) -> int:
    """Notices whose sender died: one more try, with the same Message-ID, so that nobody is left unasked."""
    return OUTBOX.take_over(tx, now, notices.c.kind.in_([kind for kind, rules in KINDS.items() if rules.repeats]))
