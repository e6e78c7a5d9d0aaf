"""The places of one occurrence beside the lists, as the coordinator settles them on its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from worker.approval.cases import AlreadyDecided, Unfinished, clean
from worker.approval.handed import LONGEST
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.publishing import ledger, recall, rests, settling, withdrawn
from worker.record import acting, places
from worker.record.places import Place
from worker.store.states import lock_occurrence
from worker.typed import is_web_address


@dataclass(frozen=True)
class Section:
    """What the page shows of an occurrence's places; `can_call_off`: whether any of them is not out yet."""

    places: list[Place]
    can_call_off: bool


def section(tx: Connection, office: Office, occurrence: str, now: datetime) -> Section | None:
    """The places as they stand at `now` (aware); None while there is none."""
    found = places.of_occurrence(tx, office, occurrence, now)
    return Section(found, any(recall.can_call_off(each.row) for each in found)) if found else None


def settle(office: Office, occurrence: str, form: dict[str, str], now: datetime, person: str, whence: str) -> None:
    """Do what the form says of the place it names.

    Unfinished for a form that lacks something, AlreadyDecided for what is not possible any more.
    """
    how, address, note = form.get("how", ""), clean(form.get("address", "")), clean(form.get("note", ""))
    if len(address) > LONGEST or len(note) > LONGEST:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST))
    if address and not is_web_address(address):
        raise Unfinished(say("approval.bad_address"), "address")
    if how == "out" and not address and not note:
        raise Unfinished(say("handed.where"), "address")
    if how == "not" and not note:
        raise Unfinished(say("handed.why_not"), "note")
    with acting.because(note if how == "again" else ""), office.database.write() as tx:
        lock_occurrence(tx, occurrence)
        of_it = {str(row.id): row for row in ledger.of_occurrence(tx, occurrence)}
        row = of_it.get(form.get("place", ""))
        if row is None:
            raise Unfinished(say("places.no_such"))
        if how == "out":
            done = settling.told_out(tx, row, now, address=address, note=note, person=person, whence=whence)
        elif how == "not":
            done = settling.told_not(tx, row, now, note=note, person=person, whence=whence)
        elif how == "down":
            done = withdrawn.told_down(tx, row, now, person=person, whence=whence)
        elif how == "again":
            done = settling.again(tx, row, now, person=person)
        else:
            raise Unfinished(say("web.form_incomplete"))
        if not done:
            raise AlreadyDecided(say("places.settled_before"))


def let_go_on(office: Office, medium: str, now: datetime, person: str, why: str) -> None:
    """Send to a medium again. HlasatelError when it does not stand still, or for a reason that is too long."""
    if len(why) > LONGEST:
        raise HlasatelError(say("approval.comment_too_long", limit=LONGEST))
    with acting.because(why), office.database.write() as tx:
        if not rests.resume(tx, medium, now, person=person):
            raise HlasatelError(say("publication.does_not_stand", medium=medium))
