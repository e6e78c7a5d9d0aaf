"""Tasks: what the plan asks of a person, who reports it done on a page of her own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row

from worker.approval.cases import AlreadyDecided, NoSuchLink, Unfinished, clean, occurrence_of
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.record import events
from worker.store.states import OccurrenceState, try_move_occurrence

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Task:
    """What a task link leads to."""

    link: Link
    occurrence: Row[Any]

    @property
    def open(self) -> bool:
        """Whether it can still be reported done; a missed one can, late is better than never recorded."""
        return self.occurrence.state in (OccurrenceState.ASKED, OccurrenceState.MISSED)


def task(tx: Connection, office: Office, token: str, *, lock: bool = False) -> Task:
    """What the token leads to, the occurrence held if `lock` is set; NoSuchLink for a wrong one. They do not expire."""
    link = links.find(tx, office, Purpose.TASK, token)
    if link is None:
        raise NoSuchLink(say("approval.no_such_link"))
    return Task(link, occurrence_of(tx, link, lock=lock))


def report_done(office: Office, token: str, address: str, note: str, now: datetime) -> Task:
    """Record that the task is done, with the address of what came of it if there is one.

    Raises Unfinished for an address that is none, AlreadyDecided when it is closed.
    """
    address, note = clean(address), clean(note)
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        raise Unfinished(say("approval.bad_address"))
    if len(note) > LONGEST_NOTE or len(address) > LONGEST_NOTE:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_NOTE))
    with office.database.write() as tx:
        current = task(tx, office, token, lock=True)
        old = OccurrenceState(current.occurrence.state)
        if not current.open or not try_move_occurrence(tx, current.occurrence.id, old, OccurrenceState.DONE, now):
            raise AlreadyDecided(say("approval.task_closed"))
        events.append(
            tx, "task.done", now, occurrence=current.occurrence.id, person=current.link.person,
            address=address, note=note,
        )  # fmt: skip
        return task(tx, office, token)
