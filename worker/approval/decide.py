"""The decision. The first one wins under any concurrency, and it binds to exactly what the page showed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from worker.approval import ask
from worker.approval.cases import AlreadyDecided, Case, NotNow, NotThisVersion, Unfinished, case, clean, live_decision
from worker.approval.validity import what_changed
from worker.drafting import packages
from worker.messages import say
from worker.notices import queue
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import events, holds
from worker.store.states import OccurrenceState, move_occurrence, try_move_occurrence
from worker.store.tables import decisions

LONGEST_COMMENT = 5000


class Choice(StrEnum):
    """What a person may decide."""

    APPROVE = "approve"
    RETURN = "return"


STATE_AFTER = {Choice.APPROVE: OccurrenceState.APPROVED, Choice.RETURN: OccurrenceState.RETURNED}


def approved_package(tx: Connection, occurrence_id: str) -> Row[Any]:
    """The newest version, which the caller is about to send: HlasatelError unless exactly it was approved (I4)."""
    package = packages.latest(tx, occurrence_id)
    decision = live_decision(tx, package.id) if package is not None else None
    if package is None or decision is None or (decision.decision, decision.digest) != (Choice.APPROVE, package.digest):
        raise NotNow(say("approval.not_approved", occurrence=occurrence_id))
    return package


def decide(
    office: Office, token: str, choice: Choice, comment: str, now: datetime, *, version: int | None = None
) -> Case:
    """Take the decision of the link's owner. `version` is the one the page showed; the link's own without it.

    Raises one of the Refused; then nothing has changed, save that a package whose surroundings changed is asked anew.
    """
    comment = clean(comment)
    if len(comment) > LONGEST_COMMENT:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_COMMENT))
    if choice is Choice.RETURN and not comment:
        raise Unfinished(say("approval.comment_missing"))
    try:
        with office.database.write() as tx:
            current = case(tx, Purpose.APPROVE, token, now, lock=True)
            if held := holds.told_of(tx, office, current.occurrence, now):
                raise NotNow(held)
            _check(office, current, version)
            reason = what_changed(tx, office, current.occurrence)
            if reason is None:
                _record(tx, office, current, choice, comment, now)
                return case(tx, Purpose.APPROVE, token, now)
            ask.renew(tx, office, current.occurrence, now, reason)
    except IntegrityError:
        raise AlreadyDecided(say("approval.already_decided")) from None
    raise NotThisVersion(say("approval.other_version"))


def _check(office: Office, current: Case, version: int | None) -> None:
    if current.decision is not None:
        raise AlreadyDecided(say("approval.already_decided"))
    if current.occurrence.state != OccurrenceState.ASKED:
        raise NotNow(say("approval.not_waiting"))
    shown_here = (
        current.link.package_id == current.package.id if version is None else version == current.package.version
    )
    if not shown_here:
        raise NotThisVersion(say("approval.other_version"))
    if current.package.author == current.link.person:
        raise NotNow(say("approval.own_draft"))
    person, approvers = current.link.person, current.occurrence.approvers
    if person not in approvers and _on_behalf_of(office, current.occurrence, person) is None:
        raise NotNow(say("approval.not_your_turn"))


def _record(tx: Connection, office: Office, current: Case, choice: Choice, comment: str, now: datetime) -> None:
    occurrence, package, person = current.occurrence, current.package, current.link.person
    on_behalf_of = _on_behalf_of(office, occurrence, person)
    tx.execute(
        decisions.insert().values(
            package_id=package.id,
            live=1,
            decision=choice,
            digest=package.digest,
            person=person,
            on_behalf_of=on_behalf_of,
            comment=comment,
            decided_at=now,
        )
    )
    move_occurrence(tx, occurrence.id, OccurrenceState.ASKED, STATE_AFTER[choice], now)
    kind = "decision.approved" if choice is Choice.APPROVE else "decision.returned"
    behalf = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    events.append(
        tx, kind, now, occurrence=occurrence.id, person=person, version=package.version, digest=package.digest,
        comment=comment, **behalf,
    )  # fmt: skip
    if choice is Choice.RETURN:
        queue.put(
            tx, f"returned/{package.id}/{person}/{now.isoformat()}", "returned", office.settings.coordinator, now,
            occurrence_id=occurrence.id, package_id=package.id, by=person, comment=comment,
        )  # fmt: skip


def _on_behalf_of(office: Office, occurrence: Row[Any], person: str) -> str | None:
    """Whom a deputy decides for; None for an approver herself."""
    if person in occurrence.approvers:
        return None
    for approver in occurrence.approvers:
        if approver in office.people and office.people[approver].deputy == person:
            return str(approver)
    return None


def take_back(office: Office, token: str, now: datetime) -> Case:
    """Undo one's own decision until sending begins: the same version waits again. Raises one of the Refused."""
    with office.database.write() as tx:
        current = case(tx, Purpose.APPROVE, token, now, lock=True)
        if current.decision is None or current.decision.person != current.link.person:
            raise NotNow(say("approval.nothing_to_take_back"))
        old = STATE_AFTER[Choice(current.decision.decision)]
        if not try_move_occurrence(tx, current.occurrence.id, old, OccurrenceState.ASKED, now):
            raise NotNow(say("approval.too_late_to_take_back"))
        ask.void_decision(tx, current.package.id)
        events.append(
            tx, "decision.taken_back", now, occurrence=current.occurrence.id, person=current.link.person,
            version=current.package.version,
        )  # fmt: skip
        return case(tx, Purpose.APPROVE, token, now)
