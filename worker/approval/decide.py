"""The decision. The first one in a seat wins under any concurrency, and it binds to exactly what the page showed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from worker.approval import ask, codes, seats, tidings
from worker.approval.cases import (
    AlreadyDecided,
    Case,
    NotNow,
    NotThisVersion,
    Refused,
    Unfinished,
    already_decided,
    case,
    clean,
    filled_for,
)
from worker.approval.seats import Choice as Choice
from worker.approval.validity import what_changed
from worker.drafting import checks, packages
from worker.drafting.fields import DraftingError
from worker.messages import office_language, say, speaking
from worker.notices import queue, withheld
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import events, holds
from worker.store.states import OccurrenceState, move_occurrence, try_move_occurrence
from worker.times import local_day

LONGEST_COMMENT = 5000
STATE_AFTER = {Choice.APPROVE: OccurrenceState.APPROVED, Choice.RETURN: OccurrenceState.RETURNED}


def approved_package(tx: Connection, occurrence_id: str) -> Row[Any]:
    """The newest version, which the caller is about to send: HlasatelError unless exactly it was approved (I4)."""
    package = packages.latest(tx, occurrence_id)
    if package is None or not seats.approved(tx, package):
        raise NotNow(say("approval.not_approved", occurrence=occurrence_id))
    return package


def decide(
    office: Office,
    token: str,
    choice: Choice,
    comment: str,
    now: datetime,
    *,
    version: int | None = None,
    code: str = "",
    whence: str = "",
) -> Case:
    """Take the decision of the link's owner. `version` is the one the page showed; the link's own without it.

    `code` is the one-time code where the activity asks for one, `whence` from where she decides, for the record.
    Raises one of the Refused; then nothing has changed, save that a package whose surroundings changed is asked anew,
    and that a wrong code is counted.
    """
    comment = clean(comment)
    if len(comment) > LONGEST_COMMENT:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_COMMENT), "comment")
    if choice is Choice.RETURN and not comment:
        raise Unfinished(say("approval.comment_missing"), "comment")
    try:
        with office.database.write() as tx:
            current = case(tx, office, Purpose.APPROVE, token, now, lock=True)
            comment = withheld.fit_to_keep(tx, office, comment, now)
            _refuse_late(tx, office, current, version, now)
            refusal = _refused_but_kept(tx, office, current, choice, code, now)
            if refusal is None:
                _record(tx, office, current, choice, comment, now, whence)
                return case(tx, office, Purpose.APPROVE, token, now)
    except IntegrityError:  # the database's own word that somebody was first
        with office.database.read() as tx:
            settled = case(tx, office, Purpose.APPROVE, token, now)
        raise already_decided(office, settled.package, settled.decisions[-1]) from None
    raise refusal


def _refuse_late(tx: Connection, office: Office, current: Case, version: int | None, now: datetime) -> None:
    """Raise when nothing waits for this person's decision, or the page showed another version."""
    if held := holds.told_of(tx, office, current.occurrence, now):
        raise NotNow(held)
    if current.decision is not None:
        raise already_decided(office, current.package, current.decision)
    if current.occurrence.state != OccurrenceState.ASKED:
        raise NotNow(say("approval.not_waiting"))
    if filled_for(current.decisions, current.link.person) is not None:
        raise AlreadyDecided(f"{current.obstacle} {say('seats.not_stored')}")
    package = current.package
    shown_here = current.link.package_id == package.id if version is None else version == package.version
    if not shown_here:
        raise NotThisVersion(say("approval.other_version"))


def _refused_but_kept(
    tx: Connection, office: Office, current: Case, choice: Choice, code: str, now: datetime
) -> Refused | None:
    """Why the decision does not count although what was done on the way is to be committed; None when it counts."""
    if renewed(tx, office, current.occurrence, now):
        return NotThisVersion(say("approval.other_version"))
    if current.mandate is None:
        return NotNow(f"{current.obstacle} {say('seats.not_stored')}")
    if choice is Choice.RETURN:
        return None
    refuse_faulty(tx, office, current.occurrence, current.drafts, now)
    wrong = codes.check(tx, office, current, code, now)
    return Unfinished(wrong, "code") if wrong else None


def renewed(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> bool:
    """Whether the newest version is not what would go out any more; then a new one is asked for.

    NotNow when that cannot be made, with the reason.
    """
    try:
        with speaking(office_language()):
            reason = what_changed(tx, office, occurrence)
            if reason is not None:
                ask.renew(tx, office, occurrence, now, reason)
    except DraftingError as error:
        raise NotNow(str(error)) from None
    return reason is not None


def refuse_faulty(
    tx: Connection, office: Office, occurrence: Row[Any], drafts: tuple[Row[Any], ...], now: datetime
) -> None:
    """Raise Unfinished with every error the checks find: with one of them nothing is approved or released."""
    faults = [each for each in checks.found(tx, office, occurrence, drafts, now) if each.level == "error"]
    if faults:
        told = " ".join(f"{each.draft}: {each.message}" if each.draft else each.message for each in faults)
        raise Unfinished(say("seats.faulty", faults=told))


def _record(
    tx: Connection, office: Office, current: Case, choice: Choice, comment: str, now: datetime, whence: str
) -> None:
    occurrence, package, person, mandate = current.occurrence, current.package, current.link.person, current.mandate
    assert mandate is not None, "refused before"
    own = seats.fill(tx, office, package, mandate, person, choice, comment, now, whence)
    made = seats.live(tx, package.id)
    closed = seats.closing(package, made) is not None
    if closed:
        move_occurrence(tx, occurrence.id, OccurrenceState.ASKED, STATE_AFTER[choice], now)
    kind = "decision.approved" if choice is Choice.APPROVE else "decision.returned"
    events.append(
        tx, kind, now, occurrence=occurrence.id, person=person, version=package.version, digest=package.digest,
        comment=comment, whence=whence, seat=mandate.seat, waiting=list(seats.waiting(package, made)),
        authorisation=mandate.authorisation, **({"on_behalf_of": own.on_behalf_of} if own.on_behalf_of else {}),
        **({"by_code": True} if occurrence.code and choice is Choice.APPROVE else {}),
    )  # fmt: skip
    queue.withdraw(tx, occurrence.id, now, person=None if closed else person)
    tidings.decided(tx, office, occurrence, package, own, now)
    ask.ask_wanted(tx, office, package, now)  # whoever is asked now need not be told


def take_back(office: Office, token: str, now: datetime, *, decision: int | None = None, whence: str = "") -> Case:
    """Undo one's own decision until sending begins: the same version waits for it again. Raises one of the Refused.

    `decision` is the one the page showed; without it, one about the version the link was made for. It takes the right
    to decide today.
    """
    with office.database.write() as tx:
        current = case(tx, office, Purpose.APPROVE, token, now, lock=True)
        own = next((each for each in current.decisions if each.person == current.link.person), None)
        if held := holds.told_of(tx, office, current.occurrence, now):
            raise NotNow(held)
        if own is None or own.emergency:
            raise NotNow(say("approval.nothing_to_take_back"))
        state = current.occurrence.state
        if state not in (OccurrenceState.ASKED, *STATE_AFTER.values()):
            raise NotNow(say("approval.too_late_to_take_back"))
        _refuse_another(office, current, own, decision, now)
        ask.void_one(tx, own.id)
        reopened = seats.closing(current.package, seats.live(tx, current.package.id)) is None
        if state != OccurrenceState.ASKED and reopened:
            old = OccurrenceState(state)
            if not try_move_occurrence(tx, current.occurrence.id, old, OccurrenceState.ASKED, now):
                raise NotNow(say("approval.too_late_to_take_back"))
        events.append(
            tx, "decision.taken_back", now, occurrence=current.occurrence.id, person=current.link.person,
            version=current.package.version, whence=whence,
        )  # fmt: skip
        if reopened:
            ask.ask_wanted(tx, office, current.package, now)
        tidings.taken_back(tx, office, current.package, own, now)
        return case(tx, office, Purpose.APPROVE, token, now)


def _refuse_another(office: Office, current: Case, own: Row[Any], shown: int | None, now: datetime) -> None:
    """Raise when the page showed another decision than `own`, or its owner may not decide today."""
    same = current.link.package_id == current.package.id if shown is None else shown == own.id
    if not same:
        raise NotThisVersion(say("seats.another_decision"))
    if not seats.may_still(office, current.package, own, local_day(now)):
        raise NotNow(say("seats.stands_no_more", approver=office.person_name(own.on_behalf_of or own.person)))
