"""What comes back of a mailing: a bounce, a complaint, or a person's answer that went to the envelope's sender.

The token is looked at first. Without a sound one, nothing changes: anybody can write a bounce.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from worker.audience.bounces import taking, token
from worker.audience.bounces.classify import Failure, failures
from worker.audience.bounces.complaint import Complaint, complaint
from worker.audience.bounces.status import Sort as Returned
from worker.audience.leaving import leave
from worker.delivery import mailings as delivery_mailings
from worker.inbox.sorting import Letter, Sort
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.record import events, tallies
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import drafts, mailings, notices

MOST_ANSWERS = 5
"""Of one recipient to one mailing that are passed on; what comes beyond that stays in the mailbox."""


@dataclass(frozen=True)
class CameBack:
    """A mail as far as it may be about a delivery; nothing of it is proven yet."""

    tokens: tuple[str, ...]
    failures: tuple[Failure, ...]
    complaint: Complaint | None


def came_back(message: Message, bounce_address: str | None) -> CameBack | None:
    """What a mail says about a delivery; None when it can be about none.

    A complaint needs no address of its own: what it brings back tells.
    """
    complained = complaint(message)
    tokens = token.tokens_of(message, bounce_address) if bounce_address else []
    if complained is None and not tokens:
        return None
    if complained is not None and bounce_address:
        tokens += token.tokens_in(complained.senders, bounce_address)
    return CameBack(tuple(tokens), failures(message) if complained is None else (), complained)


def take(
    tx: Connection, office: Office, back: CameBack, letter: Letter, mail_hash: bytes, now: datetime
) -> Sort | None:
    """Do what it means; what it turned out to be, None when it proves to be about no delivery of ours."""
    delivery = token.delivery_of(tx, office.settings.secret_keys, back.tokens)
    if back.complaint is not None:
        return _complained(tx, office, delivery, back.complaint, now)
    if delivery is None:
        return None
    if letter.sort is Sort.REPLY:
        return _answered(tx, office, delivery, letter, mail_hash, now)
    failure = verdict(back, letter, delivery.address)
    if failure is None:
        return Sort.AUTOMATIC
    _came(tx, office, delivery, failure, now)
    return Sort.BOUNCE


def verdict(back: CameBack, letter: Letter, address: str) -> Failure | None:
    """What a mail proves about `address`, which its token stands for; None when it is no failure.

    Whatever a person quotes, a person wrote it. And words alone that speak of another address prove nothing against
    this one: they are counted.
    """
    failure = _about(back.failures, address)
    if failure is None or failure.sort is Returned.DELAYED or letter.sort is Sort.REPLY:
        return None
    if failure.sort is Returned.HARD and not failure.reported and not _is_about(failure, address):
        return replace(failure, sort=Returned.SOFT)
    return failure


def _about(found: tuple[Failure, ...], address: str) -> Failure | None:
    """What is said about this address; else about the first one, to which it may have been passed on."""
    own = (each for each in found if _is_about(each, address))
    return next(own, next(iter(found), None))


def _is_about(failure: Failure, address: str) -> bool:
    return failure.address.casefold() == address.casefold()


def _complained(
    tx: Connection, office: Office, delivery: Row[Any] | None, complained: Complaint, now: datetime
) -> Sort | None:
    for each in complained.leaving:
        if delivery is None and (leaving := leave.find(tx, office.settings.secret_keys, each)) is not None:
            delivery = token.delivery(tx, leaving.mailing_id, leaving.recipient_id)
    if delivery is None:
        return None
    if not complained.wants_no_more:
        return Sort.AUTOMATIC
    _came(tx, office, delivery, Failure(delivery.address, Returned.COMPLAINT, ""), now)
    return Sort.COMPLAINT


def _came(tx: Connection, office: Office, delivery: Row[Any], failure: Failure, now: datetime) -> None:
    """Note it, stop what must be stopped, and only then believe it of the address: a storm speaks for itself."""
    sort, status = failure.sort, failure.status
    if not taking.note(tx, delivery, sort, status, now):
        return
    if sort is Returned.OURS:  # once for each mailing: the first of them tells what is the matter
        queue.put(
            tx, f"bounces-ours/{delivery.mailing_id}", "bounces_ours", office.settings.coordinator, now,
            occurrence_id=delivery.occurrence_id, reason=_in_words(failure),
        )  # fmt: skip
    stormy = sort is not Returned.SOFT and _brake(tx, office, delivery, now)
    if sort is Returned.COMPLAINT or not stormy:
        taking.act(tx, office, delivery, sort, status, now)


def _in_words(failure: Failure) -> str:
    """What the server said, its status first unless the words have it."""
    status = "" if failure.status in failure.said else failure.status
    return f"{status} {failure.said}".strip() or say("bounces.no_words")


def _brake(tx: Connection, office: Office, delivery: Row[Any], now: datetime) -> bool:
    """Whether more of this mailing came back than may; then it is paused, once, and the coordinator told.

    The limits are those of refusals, `[delivery] failure_threshold` and `failure_min`, and refusals count with it.
    """
    mailing = tx.execute(select(mailings).where(mailings.c.id == delivery.mailing_id)).one()
    if mailing.storm_at is not None:
        return True
    limits, totals = office.settings.delivery, tallies.of_mailing(tx, mailing.id)
    refused = totals.get(DeliveryState.FAILED, 0) + totals.get(DeliveryState.UNKNOWN, 0)
    tried = refused + totals.get(DeliveryState.SENT, 0)
    back = taking.number(tx, mailing.id) + refused
    if back < limits.failure_min or back <= limits.failure_threshold * tried:
        return False
    tx.execute(update(mailings).where(mailings.c.id == mailing.id).values(storm_at=now))
    events.append(
        tx, "mailing.storm", now, occurrence=mailing.occurrence_id, mailing=mailing.id, back=back, tried=tried
    )
    reason = say("bounces.storm", back=back, tried=tried)
    stopped = mailing.state == MailingState.SENDING and delivery_mailings.pause(
        tx, office, mailing, now, reason, resumes=False, person=None
    )
    if not stopped:
        queue.put(
            tx, f"bounces-many/{mailing.id}", "bounces_many", office.settings.coordinator, now,
            occurrence_id=mailing.occurrence_id, reason=reason,
        )  # fmt: skip
    return True


def _answered(
    tx: Connection, office: Office, delivery: Row[Any], letter: Letter, mail_hash: bytes, now: datetime
) -> Sort:
    """Pass a person's answer on to whom the mailing named for answers, and count whoever answered."""
    prefix = f"answer/{delivery.mailing_id}/{delivery.recipient_id}/"
    passed = tx.execute(select(func.count()).select_from(notices).where(notices.c.key.startswith(prefix))).scalar_one()
    if passed >= MOST_ANSWERS:
        return Sort.STRAY
    taking.note(tx, delivery, Returned.REPLY, "", now)
    kind = tx.execute(select(drafts.c.kind).where(drafts.c.id == delivery.draft_id)).scalar_one()
    queue.put(
        tx, f"{prefix}{mail_hash.hex()[:16]}", "answer_passed_on", office.settings.mail_of(kind).reply_to, now,
        occurrence_id=delivery.occurrence_id, recipient=delivery.recipient_id,
        text=letter.text or say("inbox.no_text"), more=say("inbox.attachments") if letter.attachments else "",
    )  # fmt: skip
    return Sort.REPLY
