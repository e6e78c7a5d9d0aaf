"""What the office does about partners' dates: takes one, leaves one out, enters one of its own. Each is recorded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from worker.agenda import dates
from worker.agenda.dates import CameBy, Offered, Standing
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import events
from worker.sources.base import CalendarDate

_KINDS = {Standing.TAKEN: "date.taken", Standing.LEFT_OUT: "date.left_out"}


def choose(tx: Connection, number: int, standing: Standing, now: datetime, *, person: str) -> None:
    """Take a date or leave it out; HlasatelError for one that is not there."""
    if not dates.choose(tx, number, standing):
        raise HlasatelError(say("calendar.gone"))
    events.append(tx, _KINDS[standing], now, person=person, number=number)


def add(tx: Connection, office: Office, given: CalendarDate, now: datetime, *, person: str) -> Offered:
    """Enter a date of the office's own, taken at once; what it came to."""
    came = dates.offer(tx, given, now, came_by=CameBy.COORDINATOR, offered_by=office.person_name(person))
    if came is not Offered.KNOWN:
        events.append(tx, "date.added", now, person=person, day=given.day.isoformat())
    return came
