"""What people are told after a decision: who decided what, what happens next and when.

The one who decided gets a link by which she can take it back; whoever was asked, the coordinator and the author hear of
it. An emergency release is told to everybody who had a word in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask, seats
from worker.approval.cases import told
from worker.approval.seats import Choice
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.times import format_instant, local_day


def decided(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], own: Row[Any], now: datetime
) -> None:
    """Tell of a decision that has just been made."""
    waiting = seats.waiting(package, seats.live(tx, package.id))
    if own.decision == Choice.RETURN:
        editors = {office.settings.coordinator, package.author or office.settings.coordinator}
        _tell(tx, office, package, own, now, "returned", editors, "")
        _tell(tx, office, package, own, now, "returned_told", _others(tx, office, package, own) - editors, "")
        _tell(tx, office, package, own, now, "returned_yours", {own.person}, "")
        return
    with speaking(office_language()):
        following = _still_wanted(office, waiting) if waiting else goes_out(occurrence, now)
    kind = "seat_approved" if waiting else "approved"
    _tell(tx, office, package, own, now, kind, {own.person}, following)
    _tell(tx, office, package, own, now, f"{kind}_told", _others(tx, office, package, own), following)


def taken_back(tx: Connection, office: Office, package: Row[Any], own: Row[Any], now: datetime) -> None:
    """Tell that `own` holds no more, the one who took it back as well, and nothing of it that was not told yet."""
    queue.withdraw_tidings(tx, package.id, now, decision=own.id)
    waiting = seats.waiting(package, seats.live(tx, package.id))
    with speaking(office_language()):
        following = _still_wanted(office, waiting) if waiting else say("tidings.stays_returned")
    if waiting:  # to the others a version that stays returned is what it was
        _tell(tx, office, package, own, now, "taken_back", _others(tx, office, package, own), following)
    _tell(tx, office, package, own, now, "taken_back_yours", {own.person}, following)


def released(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], own: Row[Any], now: datetime
) -> None:
    """Alert everybody who had a word in it: approvers and their deputies, whoever was asked, author, coordinator."""
    people = {*_others(tx, office, package, own), *package.approvers}
    for approver in package.approvers:
        standing = seats.standing_deputy(office, approver)
        people |= {person for person, _ in seats.deputies(office, approver, local_day(now))}
        people |= {standing} if standing is not None else set()
    with speaking(office_language()):
        following = goes_out(occurrence, now)
    _tell(tx, office, package, own, now, "released", people - {own.person}, following)
    _tell(tx, office, package, own, now, "released_yours", {own.person}, following)


def _others(tx: Connection, office: Office, package: Row[Any], own: Row[Any]) -> set[str]:
    """Whoever was asked or has decided, coordinator and author."""
    deciders = {each.person for each in seats.live(tx, package.id)}
    people = {*ask.asked_at(tx, package.id), *deciders, office.settings.coordinator, package.author or own.person}
    return people - {own.person}


def _tell(
    tx: Connection, office: Office, package: Row[Any], own: Row[Any], now: datetime, kind: str, people: set[str],
    following: str,
) -> None:  # fmt: skip
    with speaking(office_language()):
        who = told(office, package, own)["person"]
        said = say("seats.reason" if own.emergency else "seats.said", text=own.comment) if own.comment else ""
        if people == {own.person} and own.on_behalf_of:
            said = f"{_behalf(office, own)} {said}".strip()
    for person in sorted(people & office.people.keys()):
        queue.put(
            tx, f"{kind}/{own.id}/{person}", kind, person, now, occurrence_id=package.occurrence_id,
            package_id=package.id, who=who, comment=own.comment, said=said, following=following,
        )  # fmt: skip


def _behalf(office: Office, own: Row[Any]) -> str:
    """For whom a deputy has decided, and by which authorisation, told to herself."""
    approver = office.person_name(own.on_behalf_of)
    if own.authorisation:
        return say("tidings.by_authorisation", approver=approver, authorisation=own.authorisation)
    return say("tidings.on_behalf", approver=approver)


def goes_out(occurrence: Row[Any], now: datetime) -> str:
    """When what was approved or released goes out, as a sentence in the reader's language."""
    if occurrence.send_at <= now:
        return say("seats.goes_out_at_once")
    return say("seats.goes_out", when=format_instant(occurrence.send_at, form="at"))


def _still_wanted(office: Office, waiting: tuple[str, ...]) -> str:
    return say("seats.still_wanted", waiting=", ".join(office.person_name(each) for each in waiting))
