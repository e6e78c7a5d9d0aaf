"""The switch that holds everything but crisis messages: whether it is on, what it covers, and its words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import holds
from worker.times import format_instant, rfc3339

_LIVE = select(holds).where(holds.c.live == 1)
"""Kept, because every round asks it of each occurrence that is due."""


def live(tx: Connection, *, lock: bool = False) -> Row[Any] | None:
    """The hold that is on, or that is over while something it held still waits to be released.

    `lock` keeps it as it is until the transaction ends, for whoever goes on to change it.
    """
    return tx.execute(_LIVE.with_for_update() if lock else _LIVE).first()


def last(tx: Connection) -> Row[Any] | None:
    """The newest hold, whether on or over."""
    return tx.execute(select(holds).order_by(holds.c.id.desc()).limit(1)).first()


def is_over(hold: Row[Any], now: datetime) -> bool:
    """Whether it was ended or its time has come. What was ended once stays so when the clock goes back."""
    return hold.ended_at is not None or bool(hold.until <= now)


def covers(tx: Connection, occurrence: Row[Any]) -> bool:
    """Whether this occurrence has to wait: it has drafts, is no crisis message, and a hold is live.

    Whoever asks in order to act has locked the occurrence: a hold begins only once it holds them all.
    """
    return is_held_back(occurrence) and live(tx) is not None


def is_held_back(occurrence: Row[Any]) -> bool:
    """Whether a hold stops it at all. Tasks are the office's own; a crisis message is why there is an exception."""
    return bool(occurrence.kinds) and not occurrence.crisis


def refuse_sending(tx: Connection, occurrence_id: str, now: datetime) -> None:
    """HlasatelError when more of a mailing is not to go out, because everything but crisis messages is held."""
    row, hold = lock_occurrence(tx, occurrence_id), live(tx)
    if row is not None and hold is not None and is_held_back(row) and not is_over(hold, now):
        raise HlasatelError(say("hold.no_sending", occurrence=occurrence_id, until=until(hold)))


def until(hold: Row[Any]) -> str:
    """When it ends, as it stands after the words do or until."""
    return format_instant(hold.until, form="by")


def told(office: Office, hold: Row[Any], now: datetime) -> str:
    """The hold in a sentence: since when, until when, why and by whom."""
    if is_over(hold, now):
        return say("hold.is_over", reason=hold.reason)
    return say(
        "hold.is_on", since=format_instant(hold.since, form="at"), until=until(hold), reason=hold.reason,
        person=office.person_name(hold.person),
    )  # fmt: skip


def told_of(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> str:
    """For whoever came to decide about one that is held: why there is nothing to decide now. Empty for any other."""
    hold = last(tx) if occurrence.state == OccurrenceState.HELD else None
    return f"{told(office, hold, now)} {say('hold.nothing_to_decide')}" if hold is not None else ""


def as_json(hold: Row[Any]) -> dict[str, Any]:
    """The hold for a program."""
    return {
        "reason": hold.reason,
        "person": hold.person,
        "since": rfc3339(hold.since),
        "until": rfc3339(hold.until),
        "ended_at": rfc3339(hold.ended_at) if hold.ended_at else None,
    }
