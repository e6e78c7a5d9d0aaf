"""The timetable as a calendar (RFC 5545) that an office's calendar program subscribes to or imports.

One event for each occurrence with a send time. What has none is left out: an event over its whole window would lie on
every day of a half-year, and there is no moment to be reminded of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event, vDuration

from worker import __version__
from worker.forms.characters import printable
from worker.messages import language, say
from worker.planning.timetable import Entry
from worker.store.states import OccurrenceState
from worker.times import local_instant
from worker.timetables.content import Row, Timetable, local, names_of_kinds, short_day, state_in_words

LENGTH = timedelta(minutes=30)
"""A calendar shows nothing that takes no time."""
REFRESH = timedelta(hours=1)
"""How often a subscribed calendar is asked to look again."""

CONFIRMED = frozenset({OccurrenceState.APPROVED, OccurrenceState.SENDING, OccurrenceState.DONE})
ALARMS = {
    OccurrenceState.PLANNED: ("call", "ask", "remind"),
    OccurrenceState.PREPARING: ("ask", "remind"),
    OccurrenceState.ASKED: ("remind",),
    OccurrenceState.RETURNED: ("remind",),
}
"""The stages still ahead in each state; in the others there is nothing to be reminded of."""


def ics(timetable: Timetable) -> bytes:
    """The calendar, UTF-8 with CRLF, lines folded at 75 octets. The same state of things gives the same bytes.

    Times are UTC, which needs no table of time zones and shows in the reader's own.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Hlasatel//hlasatel {__version__}//{language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    title = printable(timetable.plan.title)
    calendar.add("name", title)  # RFC 7986; the next is what programs read
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", "Europe/Prague")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for row in timetable.rows():
        for entry in row.entries:
            if entry.send_at is not None:
                calendar.add_component(_event(timetable, row, entry, entry.send_at))
    return bytes(calendar.to_ical())


def _event(timetable: Timetable, row: Row, entry: Entry, send_at: datetime) -> Event:
    """The UID comes from the occurrence's id, which is unique for ever and stays when the day is moved."""
    event = Event()
    event.add("uid", f"{entry.id}@{timetable.domain}")
    # Without METHOD, DTSTAMP is when the information was last revised (3.8.7.2), so it does not change by itself.
    revised_at = entry.revised_at or local_instant(timetable.plan.window.start, time(0))
    event.add("dtstamp", _second(revised_at))
    event.add("last-modified", _second(revised_at))
    event.add("sequence", entry.revision)
    event.add("dtstart", _second(send_at))
    event.add("duration", LENGTH)
    event.add("summary", _summary(entry))
    event.add("description", printable("\n".join(_description(timetable, row, entry))))
    event.add("categories", [printable(row.name)])
    event.add("status", _status(entry))
    event.add("transp", "TRANSPARENT")
    for alarm in _alarms(entry, send_at):
        event.add_component(alarm)
    return event


def _second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _summary(entry: Entry) -> str:
    key = {OccurrenceState.DROPPED: "timetables.summary_dropped", OccurrenceState.MISSED: "timetables.summary_missed"}
    state = OccurrenceState(entry.state)
    return printable(say(key[state], title=entry.title) if state in key else entry.title)


def _status(entry: Entry) -> str:
    if entry.state == OccurrenceState.DROPPED:
        return "CANCELLED"
    return "CONFIRMED" if entry.state in CONFIRMED else "TENTATIVE"


def _description(timetable: Timetable, row: Row, entry: Entry) -> Iterator[str]:
    """The row in the plan's words, then where the occurrence stands."""
    if row.activity is not None:
        written = row.activity.as_written
        for key in ("activity", "target", "topic", "when", "periodicity", "resources"):
            if words := getattr(written, key):
                yield f"{say(f'timetables.{key}')}: {words}"
    elif entry.about:
        yield entry.about
    yield ""
    if kinds := names_of_kinds(entry):
        yield f"{say('timetables.kinds')}: {kinds}"
    if entry.lists:
        yield f"{say('timetables.lists')}: {timetable.names_of_lists(entry)}"
    yield f"{say('timetables.in_charge')}: {timetable.person(entry.in_charge)}"
    if entry.approvers:
        yield f"{say('timetables.approvers')}: {timetable.names_of_people(entry)}"
    yield f"{say('timetables.window')}: {short_day(entry.window.start)} – {short_day(entry.window.end)}"
    if entry.send_at is not None:
        yield f"{say('timetables.send_at')}: {local(entry.send_at)}"
    yield f"{say('timetables.state')}: {state_in_words(entry)}"
    if entry.note:
        yield f"{say('timetables.note')}: {entry.note}"
    yield f"{say('timetables.id')}: {entry.id}"


def _alarms(entry: Entry, send_at: datetime) -> Iterator[Alarm]:
    for stage in ALARMS.get(OccurrenceState(entry.state), ()):
        if stage not in entry.stages:
            continue
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", printable(say(f"timetables.alarm_{stage}", title=entry.title)))
        alarm.add("trigger", entry.stages[stage] - send_at)
        yield alarm
