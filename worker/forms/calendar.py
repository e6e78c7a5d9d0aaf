"""An entry for the reader's calendar (RFC 5545), with the time zone spelt out for Outlook and Google."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar

from worker.forms.base import Form, FormFailed, FormSource, NothingToMake
from worker.messages import say
from worker.times import PRAGUE

_PROPERTIES = {"summary": "summary", "location": "place", "description": "description", "url": "url"}
_REQUIRED = ("summary", "starts")
_USUAL_LENGTH = timedelta(hours=1)
_PRAGUE = """BEGIN:VTIMEZONE
TZID:Europe/Prague
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""The rule in force since 1996 (Directive 2000/84/EC), as every calendar program knows it."""


class Calendar(Form):
    """One event from `event.json`: summary, starts, ends, place, description, url; times are local, without an offset.

    Without `summary` or `starts` there is none yet; without `ends` it takes an hour.
    """

    id: ClassVar[str] = "ics"
    label_key: ClassVar[str] = "forms.ics"
    suffix: ClassVar[str] = ".ics"
    media_type: ClassVar[str] = "text/calendar"
    template: ClassVar[str] = "event.json"
    shows_pictures: ClassVar[bool] = False

    def make(self, source: FormSource) -> bytes:
        """UTF-8 with CRLF. METHOD:PUBLISH: it is put into a calendar, and nobody has to answer (RFC 5546 §3.2.1)."""
        from icalendar import Calendar as File
        from icalendar import Event, Timezone

        told = _told(source.laid_out)
        starts, ends = _instant(told, "starts"), _instant(told, "ends") if told.get("ends") else None
        if ends is not None and ends <= starts:
            raise FormFailed(say("forms.ends_before", starts=told["starts"], ends=told["ends"]))
        file = File()
        file.add("prodid", "-//Hlasatel//hlasatel//CS")
        file.add("version", "2.0")
        file.add("calscale", "GREGORIAN")
        file.add("method", "PUBLISH")
        event = Event()
        event.add("uid", source.uid)
        event.add("dtstamp", datetime.combine(source.day, time(), UTC))
        event.add("dtstart", _local(starts))
        event.add("dtend", _local(ends or starts + _USUAL_LENGTH))
        for name, key in _PROPERTIES.items():
            if told.get(key):
                event.add(name, _plain(str(told[key])))
        event.add("status", "CONFIRMED")
        file.add_component(Timezone.from_ical(_PRAGUE))
        file.add_component(event)
        return bytes(file.to_ical())


def _told(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormFailed(say("forms.not_json", line=error.lineno, cause=error.msg)) from None
    if not isinstance(told, dict):
        raise FormFailed(say("forms.not_json", line=1, cause=type(told).__name__))
    for key in _REQUIRED:
        if not str(told.get(key) or "").strip():
            raise NothingToMake
    return told


def _instant(told: dict[str, Any], key: str) -> datetime:
    """A local time as it is written; FormFailed for anything else, also for one with an offset."""
    try:
        found = datetime.fromisoformat(str(told[key]))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise FormFailed(say("forms.bad_time", value=str(told[key])))
    return found


def _local(instant: datetime) -> datetime:
    return instant.replace(tzinfo=PRAGUE)


def _plain(text: str) -> str:
    """No-break spaces show as odd signs in some calendar programs."""
    return text.replace("\u00a0", " ").strip()
