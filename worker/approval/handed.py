"""What a person was handed to publish: she says where it is, or why it will not be. Looking changes nothing.

A text that she was handed for several media came in one mail; each of them is told of by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.approval.cases import AlreadyDecided, NoSuchLink, Unfinished, clean, occurrence_of
from worker.drafting import packages
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.publishing import boards, ledger, settling, withdrawn
from worker.store.states import PublicationState
from worker.store.tables import drafts, publications
from worker.times import local_day
from worker.typed import day_in, is_web_address

LONGEST = 2000


class Report(StrEnum):
    """What may be said of it."""

    OUT = "out"
    NOT_THIS_TIME = "not-this-time"
    REMOVED = "removed"
    """It came down from a notice board."""
    DOWN = "down"
    """It was withdrawn, and she has taken it down."""


@dataclass(frozen=True)
class Handed:
    """What the link leads to: one text and the places it was handed for, in their order.

    `intact` is false when its bytes are not those approved (I4).
    """

    link: Link
    places: tuple[Row[Any], ...]
    occurrence: Row[Any]
    draft: Row[Any]
    intact: bool

    def place(self, number: int | None) -> Row[Any]:
        """The one of that number, or the only one; Unfinished for any other."""
        found = [row for row in self.places if number == row.id or (number is None and len(self.places) == 1)]
        if not found:
            raise Unfinished(say("handed.which"))
        return found[0]


def handed(tx: Connection, office: Office, token: str, *, lock: bool = False) -> Handed:
    """What the token leads to, the occurrence held if `lock` is set; NoSuchLink for a wrong one. They do not expire."""
    link = links.find(tx, office, Purpose.PUBLISH, token)
    if link is None or link.publication_id is None:
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = occurrence_of(tx, link, lock=lock)
    row = publications.c
    draft_id = tx.execute(select(row.draft_id).where(row.id == link.publication_id)).scalar_one()
    places = tuple(each for each in ledger.of_draft(tx, draft_id) if each.person == link.person)
    draft = tx.execute(select(drafts).where(drafts.c.id == draft_id)).one()
    return Handed(link, places, occurrence, draft, packages.is_intact(draft) and packages.has_files(tx, draft))


def report(
    office: Office,
    token: str,
    what: Report,
    now: datetime,
    *,
    place: int | None = None,
    address: str = "",
    note: str = "",
    day: date | None = None,
    whence: str = "",
) -> Handed:
    """Record that it is out, at `address` or where `note` says, or that it will not be, and why; or that it came down.

    `place` is the number of the publication, where there are several; `day` is when it was posted on a notice board, or
    came down, today if nobody says. Unfinished for something missing or unreadable, AlreadyDecided when it was told
    before.
    """
    address, note = clean(address), clean(note)
    if len(address) > LONGEST or len(note) > LONGEST:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST))
    if address and not is_web_address(address):
        raise Unfinished(say("approval.bad_address"), "address")
    if what is Report.NOT_THIS_TIME and not note:
        raise Unfinished(say("handed.why_not"), "note")
    with office.database.write() as tx:
        current = handed(tx, office, token, lock=True)
        person, row = current.link.person, current.place(place)
        if what is Report.OUT:
            told = noted_out(tx, row, now, address=address, note=note, day=day, person=person, whence=whence)
        elif what is Report.REMOVED:
            told = took_down(tx, row, now, day=day, person=person, whence=whence)
        elif what is Report.DOWN:
            told = withdrawn.told_down(tx, row, now, person=person, whence=whence)
        else:
            told = settling.told_not(tx, row, now, note=note, person=person, whence=whence)
        if not told:
            raise AlreadyDecided(say("handed.told_before"))
        return handed(tx, office, token)


def day_said(typed: str) -> date | None:
    """The day that somebody typed, `2026-12-24` or `24. 12. 2026`; None for nothing, Unfinished for anything else."""
    found = day_in(typed)
    if typed.strip() and found is None:
        raise Unfinished(say("boards.unreadable"), "day")
    return found


def noted_out(
    tx: Connection, row: Row[Any], now: datetime, *, address: str, note: str, day: date | None, person: str, whence: str
) -> bool:
    """Record that it is out, and since when it hangs where that is a notice board; False when it was told before."""
    hangs = boards.days(tx, row)
    if not address and not note and not hangs:
        raise Unfinished(say("handed.where"), "address")
    on = day or local_day(now)
    if hangs and on > local_day(now):
        raise Unfinished(say("boards.not_yet"), "day")
    told = settling.told_out(tx, row, now, address=address, note=note, person=person, whence=whence)
    if told and hangs:
        boards.posted(tx, row, now, on=on, hangs=hangs)
    return told


def took_down(tx: Connection, row: Row[Any], now: datetime, *, day: date | None, person: str, whence: str = "") -> bool:
    """Record that it came down on `day`, today if nobody says; False when it hangs on no board any more.

    Unfinished for a day before it was posted, or one that is still to come.
    """
    posting, on = boards.of(tx, [row.id]).get(row.id), day or local_day(now)
    if posting is None:
        return False
    if on > local_day(now):
        raise Unfinished(say("boards.not_yet"), "day")
    if on < posting.posted_on:
        raise Unfinished(say("boards.before", day=plain_day(posting.posted_on)), "day")
    return boards.removed(tx, row, now, on=on, person=person, whence=whence)


def waiting(tx: Connection, now: datetime) -> Sequence[Row[Any]]:
    """What should be out by now and was neither told out nor declined, longest waiting first."""
    row = publications.c
    late = row.state == PublicationState.ASKED, row.deadline <= now
    return tx.execute(select(publications).where(*late).order_by(row.deadline, row.id)).all()


def next_deadline(tx: Connection, after: datetime) -> datetime | None:
    """The first time after `after` (aware) by which something that was handed over should be out."""
    row = publications.c
    found = select(func.min(row.deadline, type_=row.deadline.type))
    return tx.execute(found.where(row.state == PublicationState.ASKED, row.deadline > after)).scalar()


def draft_of(tx: Connection, publication: Row[Any]) -> tuple[str, int]:
    """The kind of its text and the version that it is of."""
    row = tx.execute(select(drafts.c.kind, drafts.c.package_id).where(drafts.c.id == publication.draft_id)).one()
    return row.kind, row.package_id
