"""Local days and hours of the office, kept as UTC instants.

People write and read Prague time; everything stored or compared is an aware UTC `datetime`. Nothing here reads the
real clock except `Clock`, which only the edges (command line, web, clock) create.
"""

from __future__ import annotations

import re
import time as _time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name

from worker.errors import HlasatelError
from worker.messages import language, say

PRAGUE = ZoneInfo("Europe/Prague")

FIRST_YEAR, LAST_YEAR = 1971, 2199
"""Years an instant may lie in; outside them offsets and day arithmetic are not worth trusting."""

NBSP = "\N{NO-BREAK SPACE}"

_LOCAL = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_HOURS_WITH_VE = frozenset({2, 3, 4, 12, 13, 14, 20, 21, 22, 23})
"""Hours read as dvě, tři, čtyři, dvanáct…, dvacet…: Czech says "ve" before them, "v" before the others."""
_LOCALES = {"cs": "cs", "en": "en_GB"}

InstantForm = Literal["plain", "at", "by"]
"""What an instant stands after: `plain` a colon or nothing, `at` a verb, `by` the words do, po, by or after."""

_ON_WEEKDAY = (
    f"v{NBSP}pondělí",
    f"v{NBSP}úterý",
    f"ve{NBSP}středu",
    f"ve{NBSP}čtvrtek",
    f"v{NBSP}pátek",
    f"v{NBSP}sobotu",
    f"v{NBSP}neděli",
)
"""Monday to Sunday as Czech says when something happens; babel knows weekdays in the nominative only."""


@dataclass(frozen=True)
class Clock:
    """Where the present comes from: `now()` is an aware UTC datetime."""

    _read: Callable[[], datetime]
    simulated: bool
    """True when the clock was set by `--now` and so differs from the real one."""

    def now(self) -> datetime:
        return self._read()

    @classmethod
    def real(cls) -> Clock:
        return cls(lambda: datetime.now(UTC), simulated=False)

    @classmethod
    def starting_at(cls, instant: datetime) -> Clock:
        """A clock that stands at `instant` (aware) now and goes on at the usual pace."""
        start, origin = instant.astimezone(UTC), _time.monotonic()
        return cls(lambda: start + timedelta(seconds=_time.monotonic() - origin), simulated=True)


def local_instant(day: date, at: time) -> datetime:
    """The UTC instant at which Prague clocks show `at` (naive) on `day`.

    A time skipped in March becomes the first instant after the gap; one that repeats in October is its first pass.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    instant = wall.replace(tzinfo=PRAGUE).astimezone(UTC)
    if instant.astimezone(PRAGUE).replace(tzinfo=None) == wall:
        return instant
    # The offset valid before the gap shifts the wall time to just behind it, by as much as it lay inside the gap.
    behind = instant.astimezone(PRAGUE)
    gap = behind.replace(tzinfo=None) - wall
    first_valid = wall.replace(minute=0, second=0, microsecond=0) + gap
    return first_valid.replace(tzinfo=PRAGUE).astimezone(UTC)


class ClockChange(Enum):
    """What a change of the clocks does to an hour. The value ends the key of its warning."""

    SKIPPED = "skipped"
    REPEATED = "repeated"


def clock_change(day: date, at: time) -> ClockChange | None:
    """Whether Prague clocks never show `at` on `day`, or show it twice (PEP 495)."""
    wall = datetime.combine(day, at, PRAGUE)
    before, after = (wall.replace(fold=fold).utcoffset() for fold in (0, 1))
    if before is None or after is None or before == after:
        return None
    return ClockChange.SKIPPED if before < after else ClockChange.REPEATED


def local_day(instant: datetime) -> date:
    """The Prague calendar day of an aware instant."""
    return instant.astimezone(PRAGUE).date()


@cache
def _czechia() -> Callable[..., Iterable[date]]:
    """The library's class for Czechia. Its package of countries is passed by: it imports two hundred and fifty others.

    That is a fifth of the time that a `tick` with nothing to do takes.
    """
    import holidays  # only where a day is looked at: most commands look at none

    file = Path(holidays.__file__).parent / "countries" / "czechia.py"
    spec = spec_from_file_location("holidays_in_czechia", file)
    assert spec is not None and spec.loader is not None, file
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., Iterable[date]] = module.Czechia
    return found


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Czech public holidays (Act No. 245/2000 Coll.) of one year."""
    return frozenset(_czechia()(years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """`day` itself when it is a working day, otherwise the first one after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date) -> date:
    """`day` itself when it is a working day, otherwise the last one before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, n: int) -> date:
    """The `n`-th working day after `day` (before it when negative); 0 gives `day` unchanged."""
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def parse_instant(text: str) -> datetime:
    """Read an instant a person typed, as UTC.

    Accepts RFC 3339 with an offset, or Prague time as `YYYY-MM-DD` (midnight) or `YYYY-MM-DDTHH:MM[:SS]`.
    Raises HlasatelError for anything else, also for days that do not exist.
    """
    cleaned = text.strip()
    try:
        if _LOCAL.fullmatch(cleaned):
            local = datetime.fromisoformat(cleaned)
            _check_year(local, text)
            return local_instant(local.date(), local.time())
        if _RFC3339.fullmatch(cleaned):
            instant = datetime.fromisoformat(cleaned.upper())
            _check_year(instant, text)
            return instant.astimezone(UTC)
    except ValueError:
        pass
    raise HlasatelError(say("plan.bad_instant", value=text))


def _check_year(moment: datetime, text: str) -> None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise HlasatelError(say("plan.instant_out_of_range", value=text, first=FIRST_YEAR, last=LAST_YEAR))


def format_day(day: date, lang: str | None = None) -> str:
    """`úterý 8. prosince 2026`, with a no-break space between the day and its month."""
    chosen = lang or language()
    pattern = "EEEE d. MMMM y" if chosen == "cs" else "EEEE d MMMM y"
    written = format_date(day, pattern, locale=_LOCALES[chosen])
    weekday, number, rest = written.split(" ", 2)
    return f"{weekday} {number}{NBSP}{rest}"


def format_day_at(day: date, lang: str | None = None) -> str:
    """The day as it stands after a verb: `v úterý 8. prosince 2026`, `on Tuesday 8 December 2026`."""
    chosen = lang or language()
    written = format_day(day, chosen)
    if chosen != "cs":
        return f"on {written}"
    return f"{_ON_WEEKDAY[day.weekday()]} {written.partition(' ')[2]}"


def format_instant(instant: datetime, lang: str | None = None, form: InstantForm = "plain") -> str:
    """An aware instant in Prague time and always with its zone, in the form that its place in the sentence wants.

    `plain`: `úterý 8. prosince 2026 v 10:00 (SEČ)`; `at`: `v úterý 8. prosince 2026 v 10:00 (SEČ)`;
    `by`: `10:00 v úterý 8. prosince 2026 (SEČ)`.
    """
    chosen = lang or language()
    local = instant.astimezone(PRAGUE)
    key = "plan.instant_ve" if local.hour in _HOURS_WITH_VE else "plan.instant"
    day = format_day(local.date(), chosen) if form == "plain" else format_day_at(local.date(), chosen)
    hour = f"{local.hour}:{local.minute:02}"
    return say("plan.instant_by" if form == "by" else key, chosen, day=day, time=hour, zone=_zone(local, chosen))


def to_the_second(instant: datetime, lang: str | None = None) -> str:
    """An aware instant as the record shows it: `1. 12. 2026 10:05:07 SEČ`, in Prague time."""
    local = instant.astimezone(PRAGUE)
    return f"{local:%-d. %-m. %Y %H:%M:%S} {_zone(local, lang or language())}"


def _zone(local: datetime, lang: str) -> str:
    return get_timezone_name(local, width="short", locale=_LOCALES[lang])


def rfc3339(instant: datetime) -> str:
    """Prague time with its offset, to the second: `2026-12-08T10:00:00+01:00` (RFC 3339)."""
    return instant.astimezone(PRAGUE).isoformat(timespec="seconds")
