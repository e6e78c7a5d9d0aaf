"""A mailing as a whole: pausing, resuming and closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.record import events, tallies
from worker.store.states import FINAL_DELIVERIES, DeliveryState, MailingState, move
from worker.store.tables import mailings, slices

FIRST_PAUSE = timedelta(minutes=1)
MAX_PAUSE = timedelta(minutes=30)
_OPEN = exists().where(slices.c.mailing_id == mailings.c.id, or_(slices.c.due_at.is_not(None), slices.c.owner != ""))


def pause(
    tx: Connection, office: Office, mailing: Row[Any], now: datetime, reason: str, *, resumes: bool, person: str | None
) -> bool:
    """Stop sending. `resumes`: it tries again by itself after a growing delay; otherwise a person must say so."""
    pauses = tx.execute(select(mailings.c.pauses).where(mailings.c.id == mailing.id)).scalar_one()
    delay = min(FIRST_PAUSE * 2 ** min(pauses, 6), MAX_PAUSE)
    moved = move(
        tx,
        mailings,
        MailingState.SENDING,
        MailingState.PAUSED,
        mailings.c.id == mailing.id,
        reason=reason,
        resume_at=now + delay if resumes else None,
        pauses=mailings.c.pauses + 1,
    )
    if not moved:
        return False
    occurrence = mailing.occurrence_id
    events.append(tx, "mailing.paused", now, occurrence=occurrence, person=person, mailing=mailing.id, reason=reason)
    if person is None and (pauses == 0 or not resumes):
        when = f"{now:%Y-%m-%dT%H}" if resumes else now.isoformat()  # a relay that comes and goes is told once an hour
        key = f"mailing-paused/{mailing.id}/{when}"
        queue.put(
            tx, key, "mailing_paused", office.settings.coordinator, now, occurrence_id=occurrence, reason=reason,
            remedy=say("delivery.resumes_itself" if resumes else "delivery.resume_by_hand", occurrence=occurrence),
        )  # fmt: skip
    return True


def under_way(tx: Connection) -> Sequence[Row[Any]]:
    """Every mailing that is not done, held until the transaction ends."""
    found = select(mailings).where(mailings.c.state != MailingState.DONE).order_by(mailings.c.id)
    return tx.execute(found.with_for_update(key_share=True)).all()


def stop(tx: Connection, office: Office, mailing: Row[Any], now: datetime, reason: str, person: str) -> None:
    """Let only a person go on with it: pause it, or take the time away at which a paused one would try again."""
    if not pause(tx, office, mailing, now, reason, resumes=False, person=person):
        waiting = update(mailings).where(mailings.c.id == mailing.id, mailings.c.resume_at.is_not(None))
        tx.execute(waiting.values(resume_at=None, reason=reason))


def went_on(tx: Connection, mailing_id: int) -> None:
    """A message was accepted: the next trouble with the relay is a new one."""
    tx.execute(update(mailings).where(mailings.c.id == mailing_id, mailings.c.pauses > 0).values(pauses=0))


def resume(tx: Connection, mailing_id: int, occurrence: str, now: datetime, person: str | None) -> bool:
    """Let a paused mailing go on."""
    found = and_(mailings.c.id == mailing_id, mailings.c.cancelled_at.is_(None))
    if not move(tx, mailings, MailingState.PAUSED, MailingState.SENDING, found, reason="", resume_at=None):
        return False
    events.append(tx, "mailing.resumed", now, occurrence=occurrence, person=person, mailing=mailing_id)
    return True


def due_to_resume(tx: Connection, now: datetime) -> Row[Any] | None:
    """A paused mailing whose own delay is over. A delay longer than any we set means that the clock went back."""
    at = mailings.c.resume_at
    over = or_(at <= now, at > now + MAX_PAUSE)
    waiting = mailings.c.state == MailingState.PAUSED, mailings.c.cancelled_at.is_(None)
    return tx.execute(select(mailings).where(*waiting, over).limit(1)).first()


def next_to_close(tx: Connection, mailing_id: int | None = None) -> Row[Any] | None:
    """A mailing, of all or the one named, that is not done although every row of its audience is final."""
    found = select(mailings).where(mailings.c.state != MailingState.DONE, ~_OPEN)
    if mailing_id is not None:
        found = found.where(mailings.c.id == mailing_id)
    return tx.execute(found.limit(1)).first()


def close(tx: Connection, office: Office, mailing: Row[Any], now: datetime) -> None:
    """Every row is final: the mailing is done, N unknown if any are, and the coordinator hears of those."""
    found, old = mailings.c.id == mailing.id, MailingState(mailing.state)
    if not move(tx, mailings, old, MailingState.DONE, found, closed_at=now, resume_at=None, reason=""):
        return
    totals = tallies.of_mailing(tx, mailing.id)
    ended: dict[str, Any] = {str(state): totals.get(state, 0) for state in sorted(FINAL_DELIVERIES)}
    occurrence = mailing.occurrence_id
    events.append(
        tx, "mailing.done", now, occurrence=occurrence, mailing=mailing.id, audience=mailing.audience,
        **ended,
    )  # fmt: skip
    if totals.get(DeliveryState.UNKNOWN):
        queue.put(
            tx, f"mailing-unknown/{mailing.id}", "mailing_unknown", office.settings.coordinator, now,
            occurrence_id=occurrence, unknown=totals[DeliveryState.UNKNOWN],
        )  # fmt: skip
    if mailing.cancelled_at is not None:
        queue.put(
            tx, f"mailing-cancelled/{mailing.id}", "mailing_cancelled", office.settings.coordinator, now,
            occurrence_id=occurrence, reason=mailing.reason, audience=mailing.audience,
            sent=ended[DeliveryState.SENT], expired=ended[DeliveryState.EXPIRED],
        )  # fmt: skip
    if mailing.audience == 0:
        queue.put(
            tx, f"audience-empty/{mailing.id}", "audience_empty", office.settings.coordinator, now,
            occurrence_id=occurrence, lists=", ".join(mailing.lists),
        )  # fmt: skip
