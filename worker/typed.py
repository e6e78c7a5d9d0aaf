"""Days, hours and addresses of the web as people type them into a form, a table or a command."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from urllib.parse import urlsplit

from worker.plan.words.phrases import PhraseError, parse_day
from worker.plan.words.rules import parse_clock
from worker.times import local_instant

_MOMENT = re.compile(r"(?P<day>.{6,30}?),?(?:\s+(?:ve?\s+)?|T)(?P<hour>\d{1,2}[:.]\d\d)(?:\s*hod(?:in|\.)?)?")


def day_in(text: str) -> date | None:
    """The day that `text` names (`8. 12. 2026`, `2026-12-08`); None for one that is empty or cannot be read."""
    try:
        return parse_day(text)
    except PhraseError:
        return None


def hour_in(text: str) -> time | None:
    """The hour that `text` names (`10:00`), Prague time; None for one that is empty or cannot be read."""
    try:
        return parse_clock(text)
    except PhraseError:
        return None


def moment_in(text: str) -> datetime | None:
    """The instant (UTC) that `text` names in Prague time (`8. 12. 2026 10:00`); None for one that cannot be read."""
    found = _MOMENT.fullmatch(text.strip())
    day, hour = (day_in(found["day"]), hour_in(found["hour"])) if found else (None, None)
    return local_instant(day, hour) if day is not None and hour is not None else None


def is_web_address(text: str) -> bool:
    """Whether `text` is one whole http(s) address."""
    try:
        parts = urlsplit(text)
    except ValueError:  # a bracket of an IPv6 address that does not close
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))
