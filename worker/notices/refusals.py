"""When a mail that somebody was to answer does not get out: the coordinator is told at once, with what to do.

Once the person's address is another, the mail goes there; a refused address itself is tried no more. One that arrived
at an address that is the person's no longer goes to the new one as well: its link serves nobody now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from worker.drafting import packages
from worker.notices import links, queue
from worker.notices.kinds import ASKING, KINDS
from worker.notices.links import Purpose
from worker.office import Office
from worker.settings import Person
from worker.store.states import NoticeState, OccurrenceState
from worker.store.tables import decisions, notices, occurrences
from worker.store.tables import links as links_table

REFUSED = "mail_refused"
FIRST_ASKING = ASKING | {"comment_round", "returned"}
"""The mails that ask somebody for a decision, for comments, or for another version."""

_WAITING = frozenset({OccurrenceState.PREPARING, OccurrenceState.ASKED, OccurrenceState.RETURNED})
_WANTED_IN = {
    Purpose.APPROVE: OccurrenceState.ASKED,
    Purpose.COMMENT: OccurrenceState.PREPARING,
    Purpose.EDIT: OccurrenceState.RETURNED,
}
"""While what a link is for is wanted of its owner."""


def tell(tx: Connection, office: Office, notice: Row[Any], reason: str, now: datetime) -> None:
    """Alert the coordinator (when it was hers, her deputy) that `notice` will not arrive, and why."""
    to: str | None = office.settings.coordinator
    person = office.people.get(notice.person)
    if notice.person == to:
        to = person.deputy if person is not None else None
    if to is not None and KINDS[notice.kind].link is Purpose.CONTRIBUTE:
        _tell_of_call(tx, notice, to, person, reason, now)
    if to is None or not KINDS[notice.kind].answered:
        return
    queue.put(
        tx, f"refused/{notice.id}", REFUSED, to, now, occurrence_id=notice.occurrence_id, package_id=notice.package_id,
        notice=notice.id, who=notice.person, what=notice.kind, address=person.email if person else "–", reason=reason,
    )  # fmt: skip


def _tell_of_call(tx: Connection, notice: Row[Any], to: str, person: Person | None, reason: str, now: datetime) -> None:
    """Nothing waits for a contribution, so it is told once for each occurrence and sent to no new address."""
    queue.put(
        tx, f"call-refused/{notice.occurrence_id}/{notice.person}", "call_refused", to, now,
        occurrence_id=notice.occurrence_id, who=notice.person, address=person.email if person else "–", reason=reason,
    )  # fmt: skip


def waiting(tx: Connection, office: Office) -> Row[Any] | None:
    """A mail that is to go to the new address of its person, for a version still before her; else None."""
    return next(chain(_refused(tx, office), _left_behind(tx, office)), None)


def _refused(tx: Connection, office: Office) -> Iterator[Row[Any]]:
    alerts = select(notices.c.data).join(occurrences, occurrences.c.id == notices.c.occurrence_id)
    open_ones = notices.c.kind == REFUSED, occurrences.c.state.in_(_WAITING)
    for alert in tx.execute(alerts.where(*open_ones).order_by(notices.c.id)).scalars():
        person = office.people.get(alert["who"])
        if person is None or person.email == alert["address"]:
            continue
        lost = tx.execute(select(notices).where(notices.c.id == alert["notice"])).one()
        newest = packages.latest(tx, lost.occurrence_id)
        if newest is not None and newest.id == lost.package_id and not queue.told(tx, _key(lost, person.email)):
            yield lost


def _left_behind(tx: Connection, office: Office) -> Iterator[Row[Any]]:
    """What asked somebody for a thing she has not done yet, by links to addresses she has no more."""
    open_ones = occurrences.c.state.in_(_WAITING), links_table.c.sent_to.is_not(None)
    rows = tx.execute(
        select(links_table, occurrences.c.state)
        .join(occurrences, occurrences.c.id == links_table.c.occurrence_id)
        .where(*open_ones)
        .order_by(links_table.c.created_at)
    ).all()
    reached = {_wanted(row) for row in rows if links.serves(office, row)}
    for row in {_wanted(row): row for row in rows if _WANTED_IN.get(row.purpose) == row.state}.values():
        if _wanted(row) in reached or row.person not in office.people:
            continue
        newest = packages.latest(tx, row.occurrence_id)
        if newest is None or newest.id != row.package_id or (row.purpose == Purpose.APPROVE and _decided(tx, row)):
            continue
        lost = _asked_by(tx, row)
        if lost is not None and not queue.told(tx, _key(lost, office.people[row.person].email)):
            yield lost


def _wanted(link: Row[Any]) -> tuple[str, str, int | None]:
    return link.person, link.purpose, link.package_id


def _decided(tx: Connection, link: Row[Any]) -> bool:
    """Whether she has had her say, or whoever held the role before her has."""
    hers = or_(decisions.c.person == link.person, decisions.c.seat == link.person)
    held = decisions.c.package_id == link.package_id, decisions.c.live == 1
    return tx.execute(select(decisions.c.id).where(*held, hers)).first() is not None


def _asked_by(tx: Connection, link: Row[Any]) -> Row[Any] | None:
    """The newest mail that asked her for it by such a link; what only reminds or tells of it is not that."""
    kinds = [kind for kind in FIRST_ASKING if KINDS[kind].link == link.purpose]
    hers = notices.c.person == link.person, notices.c.package_id == link.package_id, notices.c.kind.in_(kinds)
    return tx.execute(
        select(notices).where(*hers, notices.c.state == NoticeState.SENT).order_by(notices.c.id.desc()).limit(1)
    ).first()


def ask_again(tx: Connection, office: Office, now: datetime) -> bool:
    """Queue the mail that waits for it anew, once for each address whatever becomes of it; False without one."""
    lost = waiting(tx, office)
    if lost is None:
        return False
    key = _key(lost, office.person(lost.person).email)
    about = {"occurrence_id": lost.occurrence_id, "package_id": lost.package_id}
    return queue.put(tx, key, lost.kind, lost.person, now, **about, **lost.data)


def _key(lost: Row[Any], address: str) -> str:
    return f"{lost.key}/at/{address}"
