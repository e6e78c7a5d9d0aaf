"""Czech wording of days, periods and lists in drafts. Drafts are Czech whatever language the pages speak."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from babel.dates import format_date

from worker.times import next_working_day
from worker.typed import day_in, hour_in

_DATIVE = [
    "lednu",
    "únoru",
    "březnu",
    "dubnu",
    "květnu",
    "červnu",
    "červenci",
    "srpnu",
    "září",
    "říjnu",
    "listopadu",
    "prosinci",
]  # also the locative
_NOMINATIVE = [
    "leden",
    "únor",
    "březen",
    "duben",
    "květen",
    "červen",
    "červenec",
    "srpen",
    "září",
    "říjen",
    "listopad",
    "prosinec",
]
_HALVES = {(1, 6): "1. pololetí", (7, 12): "2. pololetí"}
_QUARTERS = {(1, 3): "1. čtvrtletí", (4, 6): "2. čtvrtletí", (7, 9): "3. čtvrtletí", (10, 12): "4. čtvrtletí"}
_LONG_BRACKET = re.compile(r"\s*\([^()]{30,}\)")


def day(iso: str) -> str:
    """`8. prosince 2026`."""
    return format_date(date.fromisoformat(iso), "d. MMMM y", locale="cs")


def spoken_day(text: str) -> str:
    """`úterý 8. prosince 2026` for a day that a person typed in any spelling; what cannot be read stays as it is."""
    found = day_in(text)
    return format_date(found, "EEEE d. MMMM y", locale="cs") if found else text


def short_day(text: str) -> str:
    """`8. prosince` for a day that a person typed, as a subject has it; what cannot be read stays as it is."""
    found = day_in(text)
    return format_date(found, "d. MMMM", locale="cs") if found else text


def iso_day(text: str) -> str:
    """`2026-12-08` for a day that a person typed; empty for what cannot be read."""
    found = day_in(text)
    return found.isoformat() if found else ""


def iso_time(text: str) -> str:
    """`10:00` for an hour that a person typed; empty for what cannot be read."""
    found = hour_in(text)
    return found.isoformat("minutes") if found else ""


def days_later(iso: str, days: int) -> str:
    """`2026-12-11` for three days after `2026-12-08`; the next working day where that is none."""
    return next_working_day(date.fromisoformat(iso) + timedelta(days=days)).isoformat()


def day_dative(iso: str) -> str:
    """`31. prosinci 2023`, as in "stav k 31. prosinci 2023"."""
    value = date.fromisoformat(iso)
    return f"{value.day}. {_DATIVE[value.month - 1]} {value.year}"


def period(window: Mapping[str, str]) -> str:
    """A window of days (`from`, `to`, both included) as people say it: `září 2027`, `1. pololetí 2027`, `rok 2027`."""
    start, end = date.fromisoformat(window["from"]), date.fromisoformat(window["to"])
    if start == end:
        return day(window["from"])
    whole = start.day == 1 and end.day == _last_day(end)
    if not whole or start.year != end.year:
        return f"{day(window['from'])} – {day(window['to'])}"
    months = (start.month, end.month)
    if months == (1, 12):
        return f"rok {start.year}"
    if start.month == end.month:
        return f"{_NOMINATIVE[start.month - 1]} {start.year}"
    named = {**_HALVES, **_QUARTERS}.get(months)
    if named is None:
        named = f"{_NOMINATIVE[start.month - 1]} až {_NOMINATIVE[end.month - 1]}"
    return f"{named} {start.year}"


def _last_day(value: date) -> int:
    following = date(value.year + value.month // 12, value.month % 12 + 1, 1)
    return (following - date.resolution).day


def listing(items: Sequence[str]) -> str:
    """`I, III a VI`."""
    return " a ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def capital(text: str) -> str:
    """`text` with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def without_long_bracket(text: str) -> str:
    """`text` without bracketed asides of 30 characters and more, which a plan's row has and a headline does not."""
    return " ".join(_LONG_BRACKET.sub("", text).split())


def as_of(measures: Mapping[str, str]) -> str:
    """`stav k 31. prosinci 2023`; a status is never shown without it. Rows of several dates show their span."""
    if measures["state_from"] == measures["state"]:
        return f"stav k {day_dative(measures['state'])}"
    return f"stav podle opatření v době od {day(measures['state_from'])} do {day(measures['state'])}"


_STATUSES = ("splněno", "plněno", "částečně plněno", "neplněno")
"""How far a measure has come, from the best."""


def by_count(count: int, one: str, few: str, many: str) -> str:
    """The form that agrees with `count`: 1 → `one`, 2 to 4 → `few`, everything else → `many`."""
    if count == 1:
        return one
    return few if 2 <= count <= 4 else many


def evaluated(counts: Mapping[str, int]) -> str:
    """`bylo splněno 1, plněno 22 a neplněno 18`: a neuter noun's counts by status, without those of nothing.

    In the order of `_STATUSES` whatever that of `counts` is: PostgreSQL keeps none for the keys of its JSON.
    """
    told = [(status, counts[status]) for status in sorted(counts, key=_rank) if counts[status]]
    parts = [f"{status.removesuffix('o')}{by_count(count, 'o', 'a', 'o')} {count}" for status, count in told]
    return f"{by_count(told[0][1] if told else 0, 'bylo', 'byla', 'bylo')} {listing(parts)}"


def _rank(status: str) -> int:
    return _STATUSES.index(status) if status in _STATUSES else len(_STATUSES)


def within(count: int) -> str:
    """`ve 13`, `v 10`: the preposition takes its vowel before dvě, tři, čtyři and what begins with them, and sto."""
    first = int(str(count)[0])
    tens = 20 <= count < 100 and first in (2, 3, 4)
    return f"ve {count}" if tens or count in (2, 3, 4, 12, 13, 14) or 100 <= count < 200 else f"v {count}"


def ink_on(colour: str) -> str:
    """White or near black, whichever has more contrast on `colour` (`#rrggbb`), by WCAG 2 relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if luminance < 0.18 else "#111111"
