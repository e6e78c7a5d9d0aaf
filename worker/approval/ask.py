"""Asking for approval: a version is submitted, and whoever is wanted gets a mail with a link of her own.

That is every approver, or the next one where they decide in order. Who stands for one of them on that very day is asked
together with her; her standing deputy later (`worker/jobs/remind_approvers.py`), or at once when she is the author.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.approval import seats
from worker.audience.members import Addressed, size
from worker.drafting import packages
from worker.messages import office_language, say, speaking
from worker.notices import concerned, queue
from worker.notices.kinds import ASKING
from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.record import events
from worker.record.signed import signature
from worker.store import tables
from worker.store.states import NoticeState, OccurrenceState, move_occurrence
from worker.times import local_day

EDITOR_WAITS = timedelta(minutes=15)
"""After her own edit an approver decides on the page she has open; only if she does not is she written to."""


@dataclass(frozen=True)
class Request:
    """One mail that asks: its kind and person, and for a deputy `why` she is asked, in the office's language."""

    kind: str
    person: str
    why: str = ""

    def key(self, package_id: int) -> str:
        """Its reason: nobody is asked twice about one version in the same way."""
        return f"{self.kind}/{package_id}/{self.person}"


def submit(
    tx: Connection, office: Office, occurrence: Row[Any], package_id: int, now: datetime,
    *, notice: str = "approval", editor: str | None = None,
) -> None:  # fmt: skip
    """Put a version before its approvers: `planned`, `preparing`, `returned` or an approved one that is void → `asked`.

    `notice` is the kind of mail: `approval` the first time, `approval_again` with the reason of the new version.
    `editor` is the approver whose own edit made it: her mail waits for EDITOR_WAITS.
    """
    audience = size(tx, office, Addressed.of(occurrence), now)
    tx.execute(
        update(tables.packages).where(tables.packages.c.id == package_id).values(submitted_at=now, audience=audience)
    )
    package = packages.latest(tx, occurrence.id)
    assert package is not None and package.id == package_id, "only the newest version can be submitted"
    old = OccurrenceState(occurrence.state)
    if old is not OccurrenceState.ASKED:
        move_occurrence(tx, occurrence.id, old, OccurrenceState.ASKED, now)
    ask_wanted(tx, office, package, now, notice=notice, editor=editor)
    _tell_stuck(tx, office, package, now)
    wanted = seats.waiting(package, seats.live(tx, package.id))
    events.append(
        tx, "approval.asked", now, occurrence=occurrence.id, version=package.version, approvers=list(wanted),
        lists=list(package.lists), audience=audience, digest=package.digest,
    )  # fmt: skip


def ask_wanted(
    tx: Connection, office: Office, package: Row[Any], now: datetime,
    *, notice: str = "approval", editor: str | None = None,
) -> None:  # fmt: skip
    """Write to everybody whose decision about a submitted version is wanted now and who has not been asked for it."""
    already = asked_at(tx, package.id)
    for request in _requests(tx, office, package, now, notice, editor):
        if request.person in already:
            continue
        queue.put(
            tx, request.key(package.id), request.kind, request.person, now, occurrence_id=package.occurrence_id,
            package_id=package.id, due_at=now + EDITOR_WAITS if request.person == editor else None,
            reason=package.reason, why=request.why,
        )  # fmt: skip


def _requests(
    tx: Connection, office: Office, package: Row[Any], now: datetime, notice: str, editor: str | None
) -> Iterator[Request]:
    for approver in seats.waiting(package, seats.live(tx, package.id)):
        if approver != package.author:
            yield Request(notice, approver)
        standing = standing_deputy(office, package, approver)
        if standing is not None and (approver == package.author or standing.person == editor):
            yield standing
        yield from dated_deputies(office, package, approver, now)


def nobody_decides(office: Office, package: Row[Any], now: datetime) -> tuple[str, ...]:
    """The approvers of a submitted version in whose place nobody can decide: she is its author and none stands for her.

    While one decision is enough, only if it is so with all of them.
    """
    empty = tuple(
        each
        for each in dict.fromkeys(package.approvers)
        if each == package.author
        and standing_deputy(office, package, each) is None
        and next(dated_deputies(office, package, each, now), None) is None
    )
    one = package.approval == ApprovalRule.ONE
    return empty if not one or len(empty) == len(set(package.approvers)) else ()


def _tell_stuck(tx: Connection, office: Office, package: Row[Any], now: datetime) -> None:
    """A version that can never be approved as things are is told of at once, not when its time is over."""
    empty = nobody_decides(office, package, now)
    if empty:
        coordinator = office.settings.coordinator
        queue.put(
            tx, f"nobody_approves/{package.id}", "nobody_approves", coordinator, now,
            occurrence_id=package.occurrence_id, package_id=package.id, author=office.person_name(package.author),
            waiting=", ".join(map(office.person_name, empty)),
        )  # fmt: skip


def dated_deputies(office: Office, package: Row[Any], approver: str, now: datetime) -> Iterator[Request]:
    """Those who stand for an approver today by name and date; none who has a seat of her own or is the author."""
    for person, authorisation in seats.deputies(office, approver, local_day(now)):
        if person != package.author and person not in package.approvers:
            with speaking(office_language()):
                why = say("seats.asked_by_date", approver=office.person_name(approver), authorisation=authorisation)
            yield Request("deputy", person, why)


def standing_deputy(office: Office, package: Row[Any], approver: str) -> Request | None:
    """The one who is asked when an approver has not decided; None as above, or when she has none."""
    person = seats.standing_deputy(office, approver)
    if person is None or person == package.author or person in package.approvers:
        return None
    key = "seats.asked_for_author" if approver == package.author else "seats.asked_in_her_place"
    with speaking(office_language()):
        return Request("deputy", person, say(key, approver=office.person_name(approver)))


def asked_at(tx: Connection, package_id: int) -> dict[str, datetime]:
    """Whoever was written to about deciding on a version, with when they first were."""
    kept = tables.notices
    about = kept.c.package_id == package_id, kept.c.kind.in_(ASKING), kept.c.state != NoticeState.WITHDRAWN
    rows = tx.execute(select(kept.c.person, kept.c.created_at).where(*about).order_by(kept.c.id.desc()))
    return {row.person: row.created_at for row in rows}


def renew(tx: Connection, office: Office, occurrence: Row[Any], now: datetime, reason: str) -> None:
    """What was asked or approved is not what would go out any more: void it and ask again, saying why.

    The caller has locked the occurrence.
    """
    package = packages.latest(tx, occurrence.id)
    assert package is not None, "an asked occurrence without a package"
    lost = ", ".join(signature(office, each).name for each in seats.live(tx, package.id))
    withdrawn = void_decision(tx, package.id, now)
    events.append(
        tx, "approval.voided", now, occurrence=occurrence.id, version=package.version, reason=reason, decided=withdrawn
    )
    queue.withdraw(tx, occurrence.id, now)
    package_id = packages.renewed(tx, office, occurrence, package, now, reason=reason)
    submit(tx, office, occurrence, package_id, now, notice="approval_again")
    people = concerned.of_version(tx, package.id) | ({office.settings.coordinator} if withdrawn else set())
    with speaking(office_language()):
        said = say("tidings.lost", people=lost) if lost else ""
    concerned.tell(
        tx, office, people - asked_at(tx, package_id).keys(), "voided", str(package_id), now,
        occurrence_id=occurrence.id, package_id=package_id, reason=reason, lost=said,
    )  # fmt: skip


def void_decision(tx: Connection, package_id: int, now: datetime) -> bool:
    """Take every live decision of a version away, with what has not been told of them; False when there is none."""
    queue.withdraw_tidings(tx, package_id, now)
    decisions = tables.decisions
    found = update(decisions).where(decisions.c.package_id == package_id, decisions.c.live == 1)
    return tx.execute(found.values(live=None)).rowcount > 0


def void_one(tx: Connection, decision_id: int) -> None:
    """Take one live decision away."""
    tx.execute(update(tables.decisions).where(tables.decisions.c.id == decision_id).values(live=None))
