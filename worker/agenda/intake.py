"""What a partner offers, made fit to be kept and printed: one line each, no invisible characters, a real web address.

Whoever offers a date is not known to us, so nothing is taken as it comes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, time, timedelta
from urllib.parse import urlsplit

from worker.errors import HlasatelError
from worker.messages import say
from worker.plan.words.phrases import PhraseError, parse_day
from worker.sources.base import CalendarDate

LONGEST = {"title": 200, "place": 200, "organiser": 200, "address": 500}
"""Characters of each text."""
FURTHEST = timedelta(days=2 * 366)
"""How far ahead a date may lie: a slip in the year shows."""
LONGEST_EVENT = timedelta(days=366)
PARTS = ("title", "day", "at", "last_day", "place", "organiser", "address")
"""The fields of the form, in their order."""
_WANTED = ("title", "day", "place", "organiser")


class Unfit(HlasatelError):
    """An offer that cannot be kept; `parts` says what is the matter with which."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        super().__init__(" ".join(parts.values()))
        self.parts = dict(parts)


def line(text: str, longest: int) -> str:
    """`text` on one line, without what cannot be seen, cut at `longest` characters."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return " ".join(seen.split())[:longest].rstrip()


def from_form(form: Mapping[str, str], today: date) -> CalendarDate:
    """The date a form holds; Unfit with a sentence for every part that is not right."""
    faults = {part: say(f"calendar.{part}_missing") for part in _WANTED if not form.get(part, "").strip()}
    texts = {part: line(form.get(part, ""), longest) for part, longest in LONGEST.items()}
    faults |= {part: say("calendar.too_long", limit=LONGEST[part]) for part in _too_long(form)}
    day = _day(form, "day", faults)
    last_day = _day(form, "last_day", faults)
    at = _time(form.get("at", ""), faults)
    if texts["address"] and not is_web(texts["address"]):
        faults["address"] = say("calendar.bad_address")
    if day is not None:
        faults |= _misplaced(day, last_day, today)
    if faults or day is None:
        raise Unfit({part: faults[part] for part in PARTS if part in faults})
    return CalendarDate(day=day, at=at, last_day=last_day if last_day != day else None, **texts)


def is_web(address: str) -> bool:
    """Whether it is an address a reader may be sent to: http or https, with a host, nothing strange in it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and not any(char in address for char in " <>\"'`\\")


def _too_long(form: Mapping[str, str]) -> list[str]:
    return [part for part, longest in LONGEST.items() if len(form.get(part, "").strip()) > longest]


def _day(form: Mapping[str, str], part: str, faults: dict[str, str]) -> date | None:
    text = form.get(part, "").strip()
    if not text:
        return None
    try:
        return parse_day(text[:40])
    except PhraseError:
        faults[part] = say("calendar.bad_day")
        return None


def _time(text: str, faults: dict[str, str]) -> time | None:
    hour, colon, minute = text.strip().replace(".", ":").partition(":")
    if not text.strip():
        return None
    if colon and hour.isascii() and minute.isascii() and hour.isdecimal() and minute.isdecimal() and len(minute) == 2:
        try:
            return time(int(hour[:3]), int(minute))
        except ValueError:
            pass
    faults["at"] = say("calendar.bad_time")
    return None


def _misplaced(day: date, last_day: date | None, today: date) -> dict[str, str]:
    if last_day is not None and not day <= last_day <= day + LONGEST_EVENT:
        return {"last_day": say("calendar.bad_last_day")}
    if (last_day or day) < today:
        return {"day": say("calendar.over")}
    return {"day": say("calendar.too_far")} if day > today + FURTHEST else {}
