"""Putting the switch on: from this commit on nothing but crisis messages is asked for, sent or missed.

Whoever puts something before its approvers or begins to send it locks the occurrence first, so a hold locks them all:
what began to be sent before is paused, and what comes later finds the hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, update
from sqlalchemy.exc import IntegrityError

from worker.approval import seats
from worker.approval.ask import void_decision
from worker.delivery import mailings
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.holding.words import paragraph, short
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.publishing import recall, standing
from worker.record import events, holds, tallies
from worker.store import tables
from worker.store.states import DeliveryState, OccurrenceState, lock_every_occurrence, move_occurrence
from worker.times import format_instant

HOLDABLE = (OccurrenceState.ASKED, OccurrenceState.RETURNED, OccurrenceState.APPROVED)


@dataclass(frozen=True)
class Begun:
    """What the switch stopped: occurrences held, and what stands still with a part of it gone out."""

    hold: Row[Any]
    held: tuple[Row[Any], ...]
    stopped: tuple[str, ...]
    """A sentence for each mailing, and for each occurrence whose texts wait to be published."""
    extended: bool = False


def begin(tx: Connection, office: Office, now: datetime, *, until: datetime, reason: str, person: str) -> Begun:
    """Hold everything but crisis messages until `until`; a hold that is on is extended to a later `until`.

    HlasatelError for an `until` that is over, or not later than that of the hold which is on.
    """
    if until <= now:
        raise HlasatelError(say("hold.until_is_over", until=format_instant(until)))
    everything = lock_every_occurrence(tx)
    before = holds.live(tx, lock=True)
    if before is not None and not holds.is_over(before, now):
        return _extend(tx, office, before, now, until=until, reason=reason, person=person)
    if before is not None:  # its release has not come to its end, and now will not: this one holds all of it
        close(tx, before, now)
    hold = _insert(tx, now, until, reason, person)
    stoppable = {row.id: row for row in everything if holds.is_held_back(row)}
    waiting = {row.id: number for row in stoppable.values() if (number := standing.pause(tx, row.id))}
    sending = [each for each in mailings.under_way(tx) if each.occurrence_id in stoppable]
    opened = [row for row in stoppable.values() if row.state in HOLDABLE]
    for row in stoppable.values():
        queue.withdraw(tx, row.id, now)
        queue.pause_hand_off(tx, row.id)
        recall.ask_to_wait(tx, office, row.id, hold.id, now, until=holds.until(hold), reason=reason)
    events.append(tx, "hold.began", now, person=person, hold=hold.id, until=until.isoformat(), reason=reason)
    concerned = {row.id: hold_back(tx, hold, row, now) for row in opened}
    why = say("hold.mailing_stands", reason=reason)
    for each in sending:
        mailings.stop(tx, office, each, now, why, person)
    begun = Begun(
        hold,
        tuple(row for row in stoppable.values() if row.state in (*HOLDABLE, OccurrenceState.HELD)),
        (
            *(_stopped(tx, stoppable[each.occurrence_id], each) for each in sending),
            *(_waiting(stoppable[each], number) for each, number in waiting.items()),
        ),
    )
    _tell(tx, office, begun, concerned, now)
    return begun


def close(tx: Connection, hold: Row[Any], now: datetime) -> None:
    """The hold is history: nothing waits for it any more."""
    ended = {} if hold.ended_at else {"ended_at": now}
    tx.execute(update(tables.holds).where(tables.holds.c.id == hold.id).values(live=None, **ended))


def _extend(
    tx: Connection, office: Office, hold: Row[Any], now: datetime, *, until: datetime, reason: str, person: str
) -> Begun:
    if until <= hold.until:
        raise HlasatelError(say("hold.is_on_already", told=holds.told(office, hold, now)))
    found = tables.holds.c.id == hold.id
    changed = update(tables.holds).where(found).values(until=until, reason=reason, person=person)
    hold = tx.execute(changed.returning(tables.holds)).one()
    events.append(tx, "hold.extended", now, person=person, hold=hold.id, until=until.isoformat(), reason=reason)
    queue.put(
        tx, f"hold-extended/{hold.id}/{until.isoformat()}", "hold_extended", office.settings.coordinator, now,
        until=holds.until(hold), short=short(hold.until), reason=reason, by=person,
    )  # fmt: skip
    return Begun(hold, (), (), extended=True)


def _insert(tx: Connection, now: datetime, until: datetime, reason: str, person: str) -> Row[Any]:
    values = {"live": 1, "reason": reason, "person": person, "since": now, "until": until}
    try:
        with tx.begin_nested():
            return tx.execute(tables.holds.insert().values(values).returning(tables.holds)).one()
    except IntegrityError:  # without any occurrence there was nothing to wait for one another by
        raise HlasatelError(say("hold.begun_meanwhile")) from None


def hold_back(tx: Connection, hold: Row[Any], row: Row[Any], now: datetime) -> set[str]:
    """Move one that the caller has locked to `held`; whoever was asked or has decided about it.

    An approval is void from now on. A return is kept: what was rejected is reworked before anybody is asked again.
    """
    package = packages.latest(tx, row.id)
    people = set(row.approvers) if row.state != OccurrenceState.RETURNED else set()
    if package is not None and not seats.returned(tx, package.id):
        people |= {each.person for each in seats.live(tx, package.id)}
        void_decision(tx, package.id, now)
    move_occurrence(tx, row.id, OccurrenceState(row.state), OccurrenceState.HELD, now)
    events.append(
        tx, "occurrence.held", now, occurrence=row.id, person=hold.person, hold=hold.id, was=row.state,
        until=hold.until.isoformat(), reason=hold.reason,
    )  # fmt: skip
    return people


def _stopped(tx: Connection, occurrence: Row[Any], mailing: Row[Any]) -> str:
    sent = tallies.of_mailing(tx, mailing.id).get(DeliveryState.SENT, 0)
    return say("hold.stopped", title=occurrence.title, occurrence=occurrence.id, sent=sent, audience=mailing.audience)


def _waiting(occurrence: Row[Any], number: int) -> str:
    return say("hold.places_wait", title=occurrence.title, occurrence=occurrence.id, number=number)


def _tell(tx: Connection, office: Office, begun: Begun, concerned: dict[str, set[str]], now: datetime) -> None:
    """One mail to the coordinator, and one to each who had something open."""
    hold = begun.hold
    facts = {
        "since": format_instant(hold.since, form="at"), "until": holds.until(hold), "short": short(hold.until),
        "reason": hold.reason, "by": hold.person,
    }  # fmt: skip
    lines = [_line(row) for row in begun.held]
    queue.put(
        tx, f"hold-began/{hold.id}", "hold_began", office.settings.coordinator, now, **facts,
        held=paragraph("hold.held", lines) or say("hold.nothing_held"), stopped=paragraph("hold.stand", begun.stopped),
    )  # fmt: skip
    for person in sorted(set().union(*concerned.values())):
        own = [_line(row) for row in begun.held if person in concerned.get(row.id, ())]
        queue.put(
            tx, f"hold-stops-approval/{hold.id}/{person}", "hold_stops_approval", person, now, **facts,
            held="\n\n".join(own),
        )  # fmt: skip


def _line(row: Row[Any]) -> str:
    return say("hold.line", title=row.title, occurrence=row.id, when=format_instant(row.send_at))
