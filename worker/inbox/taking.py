"""What a mail that came in does: it is told, or kept as a comment. It never decides, and is taken in once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import comments as rounds
from worker.approval import seats
from worker.audience.leaving import leave
from worker.delivery import canary
from worker.errors import HlasatelError
from worker.inbox import returned, sorting
from worker.inbox.returned import CameBack
from worker.inbox.sorting import Letter, Sort
from worker.messages import say
from worker.notices import queue, refusals, withheld
from worker.notices.kinds import KINDS
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import comments, events
from worker.record.comments import Via
from worker.settings import parse_address
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import comments as comments_table
from worker.store.tables import incoming, notices, packages
from worker.times import format_instant, local_day

MOST = 40
"""Comments of one person on one occurrence; what is answered beyond that stays in the mailbox."""


def take(office: Office, mail_hash: bytes, data: bytes, now: datetime) -> bool:
    """Do once what a mail (`data`, or its beginning) asks for; whether it is to stay for a person to look at.

    A stray changes nothing and stays, and so does an answer whose attachments a comment cannot hold.
    """
    inbox = office.settings.inbox
    bounce_address = inbox.bounce_address if inbox is not None else None
    letter = sorting.letter(data)
    back = sorting.read(data, lambda message: returned.came_back(message, bounce_address))
    own = sorting.read(data, sorting.own_ids) or ()
    with office.database.write() as tx:
        sort = tx.execute(select(incoming.c.sort).where(incoming.c.hash == mail_hash)).scalar()
        if sort is None:
            sort = _done(tx, office, mail_hash, letter, back, own, now)
            tx.execute(incoming.insert().values(hash=mail_hash, sort=sort, at=now))
    return sort == Sort.STRAY or (letter.attachments and sort != Sort.CANARY)


def tell_unreadable(office: Office, where: str, why: str, now: datetime) -> bool:
    """The mailbox cannot be read: one mail a day to the coordinator while it lasts; False when she has it."""
    inbox = office.settings.inbox
    assert inbox is not None, "nothing is read without it"
    with office.database.write() as tx:
        return queue.put(
            tx, f"inbox/{local_day(now).isoformat()}", "inbox_unreadable", office.settings.coordinator, now,
            maildir=where, address=inbox.address, reason=why,
        )  # fmt: skip


def _done(
    tx: Connection,
    office: Office,
    mail_hash: bytes,
    letter: Letter,
    back: CameBack | None,
    own: tuple[str, ...],
    now: datetime,
) -> Sort:
    """What the mail turned out to be, once it is known whether one of ours is meant."""
    if own and canary.arrived(tx, own, now):
        return Sort.CANARY
    if letter.sort is Sort.LEAVING:
        return _left(tx, office, letter, now)
    if back is not None and (found := returned.take(tx, office, back, letter, mail_hash, now)) is not None:
        return found
    notice = _notice(tx, letter) if letter.sort is not Sort.STRAY else None
    if notice is None:
        return Sort.STRAY
    if letter.sort is Sort.REPLY:
        return _replied(tx, office, notice, letter, now)
    about = {"occurrence": notice.occurrence_id, "notice": notice.kind, "asked": notice.person}
    if letter.sort is Sort.BOUNCE:
        refusals.tell(tx, office, notice, letter.reason or say("inbox.no_reason"), now)
        if notice.occurrence_id is not None:
            events.append(tx, "mail.bounced", now, **about, status=letter.status)
    elif notice.occurrence_id is not None:
        events.append(tx, "mail.ignored", now, **about)
    return letter.sort


def _left(tx: Connection, office: Office, letter: Letter, now: datetime) -> Sort:
    """The token is the whole proof, whoever sends it; with a wrong one it is a stray, which a person may look at."""
    leaving = leave.find(tx, office.settings.secret_keys, letter.token)
    if leaving is None:
        return Sort.STRAY
    leave.leave(tx, office, leaving, now)
    return Sort.LEAVING


def _notice(tx: Connection, letter: Letter) -> Row[Any] | None:
    """The mail of ours that is answered or brought back: of several in one thread the likeliest."""
    found = {row.message_id: row for row in tx.execute(select(notices).where(notices.c.message_id.in_(letter.about)))}
    return next((found[each] for each in letter.about if each in found), None)


def _replied(tx: Connection, office: Office, notice: Row[Any], letter: Letter, now: datetime) -> Sort:
    """Keep a person's answer as her comment and tell the coordinator; a stray when it is not from her."""
    if notice.occurrence_id is None:
        return Sort.STRAY
    if not _is_from(office, notice.person, letter.sender):
        queue.put(
            tx, f"reply-elsewhere/{notice.id}", "reply_elsewhere", office.settings.coordinator, now,
            occurrence_id=notice.occurrence_id, who=notice.person, what=notice.kind,
        )  # fmt: skip
        return Sort.STRAY
    occurrence = lock_occurrence(tx, notice.occurrence_id)
    assert occurrence is not None, "the foreign key of notices"
    text = withheld.fit_to_keep(tx, office, letter.text, now) or say("inbox.no_text")
    said = _said(tx, notice)
    if text in said:
        return Sort.REPLY
    if len(said) >= MOST:
        return Sort.STRAY
    comment_id = comments.add(tx, occurrence.id, notice.person, text, now, package_id=notice.package_id, via=Via.REPLY)
    version = tx.execute(select(packages.c.version).where(packages.c.id == notice.package_id)).scalar()
    events.append(tx, "comment.replied", now, occurrence=occurrence.id, person=notice.person, version=version)
    more = rounds.said_last(tx, notice.person, now)
    if more is not None:
        more = f"{say('inbox.attachments') if letter.attachments else ''} {more}".strip()
        _tell_coordinator(tx, office, occurrence, notice, comment_id, text, more, now)
    _tell_sender(tx, occurrence, notice, now)
    return Sort.REPLY


def _is_from(office: Office, person_id: str, sender: str) -> bool:
    """Whether From may be that person: her address, or another of her domain that is nobody else's we know.

    Anybody can write any From. That the Message-ID is known, which only her mail had, is the better proof; this keeps
    apart what somebody else answered to a mail that she passed on.
    """
    person = office.people.get(person_id)
    try:
        address = parse_address(sender).casefold()
    except HlasatelError:
        return False
    if person is None:
        return False
    own = person.email.casefold()
    others = {each.email.casefold() for each in office.people.values() if each.id != person_id}
    return address == own or (address.rpartition("@")[2] == own.rpartition("@")[2] and address not in others)


def _said(tx: Connection, notice: Row[Any]) -> list[str]:
    """What this person has said about the occurrence so far."""
    own = comments_table.c.occurrence_id == notice.occurrence_id, comments_table.c.person == notice.person
    return list(tx.execute(select(comments_table.c.text).where(*own)).scalars())


def _tell_coordinator(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    notice: Row[Any],
    comment_id: int,
    text: str,
    more: str,
    now: datetime,
) -> None:
    """With a link to edit while that is possible; not of what she wrote herself."""
    if notice.person == office.settings.coordinator:
        return
    still_edited = occurrence.state == OccurrenceState.PREPARING and notice.package_id is not None
    queue.put(
        tx, f"comment-made/{comment_id}", "comment_made" if still_edited else "reply_kept",
        office.settings.coordinator, now,
        occurrence_id=occurrence.id, package_id=notice.package_id, by=notice.person,
        text=text, more=more,
        until=format_instant(datetime.fromisoformat(occurrence.stages["ask"]), form="by") if still_edited else "",
        state=say(f"states.{occurrence.state}"),
    )  # fmt: skip


def _tell_sender(tx: Connection, occurrence: Row[Any], notice: Row[Any], now: datetime) -> None:
    """Whoever was asked to decide and answers instead may believe that she has decided: she is told once, with a link.

    Nobody is told so in answer to this very mail: a program that hides what it is would go on for ever.
    """
    asked = KINDS[notice.kind].link is Purpose.APPROVE and occurrence.state == OccurrenceState.ASKED
    if not asked or notice.kind == "reply_decides_nothing" or notice.package_id is None:
        return
    if any(each.person == notice.person for each in seats.live(tx, notice.package_id)):
        return
    queue.put(
        tx, f"reply-decides-nothing/{notice.id}", "reply_decides_nothing", notice.person, now,
        occurrence_id=occurrence.id, package_id=notice.package_id,
    )  # fmt: skip
