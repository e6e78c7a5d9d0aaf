"""A partner's calendar file (`.ics`, RFC 5545) as dates: what is ahead is read, what is strange said and left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from worker.agenda.intake import FURTHEST, LONGEST, LONGEST_EVENT, is_web, line
from worker.errors import HlasatelError
from worker.messages import say
from worker.sources.base import CalendarDate
from worker.times import FIRST_YEAR, LAST_YEAR, PRAGUE

if TYPE_CHECKING:
    from icalendar import Calendar, Component

LARGEST = 500_000
"""Bytes of a file."""
MOST_EVENTS = 300


@dataclass(frozen=True)
class Found:
    """One event of a file, and what it is known by."""

    uid: str
    date: CalendarDate


@dataclass(frozen=True)
class Content:
    """What a file holds: the dates ahead, and a sentence about each thing that was left out."""

    found: tuple[Found, ...]
    left_out: tuple[str, ...]


def read(data: bytes, today: date, organiser: str) -> Content:
    """The dates of a calendar file that are not over; HlasatelError when it is none, or too large.

    `organiser` stands where an event names none. Of an event that repeats the first date alone is read.
    """
    if len(data) > LARGEST:
        raise HlasatelError(say("calendar.file_too_large", limit=LARGEST // 1000))
    events = list(_calendar(data).walk("VEVENT"))
    if len(events) > MOST_EVENTS:
        raise HlasatelError(say("calendar.too_many_events", limit=MOST_EVENTS))
    found, left_out = [], []
    for event in events:
        title = line(str(event.get("summary", "")), LONGEST["title"])
        given = _date(event, title, organiser)
        if fault := _unusable(event, given, today):
            left_out.append(say(f"calendar.{fault}", title=title or say("calendar.untitled")))
            continue
        assert given is not None, "what has no day is unusable"
        found.append(Found(line(str(event.get("uid", "")), 1000), given))
        if "rrule" in event or "rdate" in event:
            left_out.append(say("calendar.repeats", title=title))
    return Content(tuple(found), tuple(left_out))


def _calendar(data: bytes) -> Calendar:
    from icalendar import Calendar  # where a file is read: most programs read none

    try:
        return Calendar.from_ical(data.decode("utf-8-sig"))
    # OSError: the name of a zone is looked up as a file, and `Europe` is a folder.
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError, OSError):
        raise HlasatelError(say("calendar.no_file")) from None


def _date(event: Component, title: str, organiser: str) -> CalendarDate | None:
    """None where no day can be read."""
    try:
        start, end = event.decoded("dtstart", None), event.decoded("dtend", None)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError, OSError):
        return None
    begins = _day_and_hour(start)
    if begins is None:
        return None
    day, at = begins
    address = line(str(event.get("url", "")), LONGEST["address"])
    return CalendarDate(
        day=day, at=at, last_day=_last_day(day, end), title=title,
        place=line(str(event.get("location", "")), LONGEST["place"]),
        organiser=line(_named(event) or organiser, LONGEST["organiser"]), address=address if is_web(address) else "",
    )  # fmt: skip


def _day_and_hour(value: object) -> tuple[date, time | None] | None:
    """In Prague; an hour without a zone is meant as Prague's."""
    if isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR:
        local = value.astimezone(PRAGUE) if value.tzinfo else value
        return local.date(), local.time().replace(second=0, microsecond=0, tzinfo=None)
    return (value, None) if type(value) is date else None


def _last_day(day: date, end: object) -> date | None:
    """None for one day. The end of whole days is the morning after (RFC 5545 §3.6.1)."""
    ends = _day_and_hour(end)
    if ends is None or ends[0] <= day:
        return None
    last, at = ends
    if at is None or at == time():
        last -= timedelta(days=1)
    return last if last > day else None


def _named(event: Component) -> str:
    organiser = event.get("organizer")
    return str(organiser.params.get("cn", "")) if organiser is not None and hasattr(organiser, "params") else ""


def _unusable(event: Component, given: CalendarDate | None, today: date) -> str:
    """The key of the sentence that says why an event is left out; empty for one that is not."""
    return next(_faults(event, given, today), "")


def _faults(event: Component, given: CalendarDate | None, today: date) -> Iterator[str]:
    if str(event.get("status", "")).upper() == "CANCELLED":
        yield "event_cancelled"
    if given is None:
        yield "event_without_day"
    elif not given.title:
        yield "event_without_title"
    elif (given.last_day or given.day) < today:
        yield "event_over"
    elif given.day > today + FURTHEST or (given.last_day or given.day) > given.day + LONGEST_EVENT:
        yield "event_too_far"
