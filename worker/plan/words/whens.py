"""The plan's first column: months, halves, quarters, years, spans and single days, as `when` says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from worker.messages import say
from worker.plan.model import Per
from worker.plan.words.nearest import nearest_first
from worker.plan.words.phrases import (
    MONTH,
    YEAR,
    PhraseError,
    UnknownPhrase,
    day_of,
    is_like_a_month,
    is_month,
    month_number,
    normalise,
)

KNOWN = (
    "září, prosinec 2024–2027", "leden 2024", "červenec–prosinec 2026", "9–11/2026", "5/2026", "9/2026–11/2027",
    "6/2026–01/2027 – 4 akce", "1. pololetí 2026", "3. čtvrtletí 2026", "2024–2027", "v průběhu roku 2026",
    "od 01/2026", "po celou dobu plánu", "6. 2. 2026", "9.–26. ledna 2026",
)  # fmt: skip
"""What can be written, as a person would."""


@dataclass(frozen=True)
class Slot:
    """Months `first_month`–`last_month` of each of the years; `per` when a half-year or a quarter was named."""

    first_month: int
    last_month: int
    first_year: int
    last_year: int
    per: Per | None = None

    @property
    def is_month(self) -> bool:
        return self.first_month == self.last_month

    @property
    def is_year(self) -> bool:
        return (self.first_month, self.last_month) == (1, 12)


@dataclass(frozen=True)
class Span:
    """One stretch from a month of one year to a month of a later one."""

    first_month: int
    first_year: int
    last_month: int
    last_year: int


@dataclass(frozen=True)
class Since:
    """From a month on, to the plan's end."""

    first_month: int
    first_year: int


@dataclass(frozen=True)
class Days:
    """From one day to another, or a single one."""

    start: date
    end: date


@dataclass(frozen=True)
class Throughout:
    """As long as the plan lasts; `project` when its words call it a project, whose quarters are its own."""

    project: bool = False


Part = Slot | Span | Since | Days | Throughout


@dataclass(frozen=True)
class When:
    """What a row's first column names, in the order written; `count` turns are to be in each part."""

    parts: tuple[Part, ...]
    count: int = 1


MOST_ITEMS = 60
"""Things that a list of months or days may name."""

THROUGHOUT = When((Throughout(),))

_DURING = r"(?:(?:v průběhu|během|po|v|ve) )?(?:celý |celé |celou dobu )?"
_THROUGHOUT = re.compile(
    rf"{_DURING}(?:dobu |období )?(?:platnosti |realizace |trvání )*(?:plánu|projektu|strategie)|celé období|celý plán|"
    r"po (?:celou dobu|celé období)(?: platnosti| realizace| trvání)?"
)
_COUNTED = re.compile(
    r"(?P<when>.+?)(?:[-,;]| ?\()(?P<count>[0-9]{1,2}) ?(?:x|×|krát|akce|akcí|setkání|jednání|zasedání|schůzky|"
    r"schůzek|termíny|termínů|besedy|besed|workshopy|workshopů|čísla|čísel|vydání)\)?"
)
_SINCE_UNTIL = re.compile(r"od (?P<first>.+?)(?: do |-)(?P<last>.+)")
_SINCE = re.compile(rf"od (?:(?:roku )?(?P<alone>{YEAR})|(?P<month>{MONTH})[ /](?P<year>{YEAR}))")
_SPAN = re.compile(rf"({MONTH})[ /]({YEAR})-({MONTH})[ /]({YEAR})")
_ITEM = re.compile(rf"(?:(?:v průběhu|během|v|ve) )?({MONTH})(?:-({MONTH}))?(?:[ /]({YEAR})(?:-({YEAR}))?)?")
_YEARS = re.compile(rf"(?:{_DURING}(?:rok|roku|roce|roky|letech|let|léta) )?({YEAR})(?:-({YEAR}))?")
_DAYS = re.compile(
    rf"(?:(?P<d1>[0-9]{{1,2}})\.(?: ?(?P<m1>[^\W\d_]+|[0-9]{{1,2}}\.)(?: ?(?P<y1>{YEAR}))?)?-)?"
    rf"(?P<d2>[0-9]{{1,2}})\. ?(?P<m2>[^\W\d_]+|[0-9]{{1,2}}\.)(?: ?(?P<y2>{YEAR}))?"
)
_ISO_DAYS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:-([0-9]{4})-([0-9]{2})-([0-9]{2}))?")
_NUMBERS = {
    "1": 1, "i": 1, "první": 1, "2": 2, "ii": 2, "druhé": 2, "druhém": 2, "3": 3, "iii": 3, "třetí": 3, "třetím": 3,
    "4": 4, "iv": 4, "čtvrté": 4, "čtvrtém": 4, "prvním": 1,
}  # fmt: skip
_NUMBER = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_FRACTION = re.compile(
    rf"(?:(?:v průběhu|během|v|ve) )?(?P<first>{_NUMBER}|[0-9]{{1,2}})\.?(?:-(?P<last>{_NUMBER}|[0-9]{{1,2}})\.?)? ?"
    rf"(?P<unit>pololetí|pol\.?|čtvrtletí|čtvrtl\.?|kvartál|kvartálu)"
    rf"(?:(?: roku)?[ /]?(?P<y1>{YEAR})(?:-(?P<y2>{YEAR}))?)?"
)
_QUARTER = re.compile(r"\bq([1-9])\b")
_MONTHS_OF = {Per.HALF: 6, Per.QUARTER: 3}

Years = tuple[int, int]


def parse_when(text: str) -> When:
    """Read the plan's first column, e.g. `září, prosinec 2024–2027`, `9.-26. ledna 2024`."""
    plain = _QUARTER.sub(r"\1. čtvrtletí", normalise(text).replace(" až ", "-"))
    if _THROUGHOUT.fullmatch(plain):
        return When((Throughout(project="projekt" in plain or "realizace" in plain),))
    count = 1
    if (counted := _COUNTED.fullmatch(plain)) is not None:
        plain, count = counted["when"], int(counted["count"])
        if count < 1:
            raise PhraseError(say("plan.rhythm_count", value=text))
    if since := _SINCE.fullmatch(plain):
        first = month_number(since["month"], text) if since["month"] else 1
        return When((Since(first, int(since["year"] or since["alone"])),), count)
    if between := _SINCE_UNTIL.fullmatch(plain):
        plain = f"{between['first']}-{between['last']}"
    return When(_items(plain, text), count)


def _items(plain: str, text: str) -> tuple[Part, ...]:
    items = re.split(r"[,;]| a ", plain)
    if len(items) > MOST_ITEMS:
        raise PhraseError(say("plan.when_too_long", value=text, most=MOST_ITEMS))
    parts: list[Part] = []
    years: Years | None = None
    # Years stand behind the last of several months and hold for all before it, so the list is read from its end.
    for item in reversed(items):
        part, years = _item(item, years, text)
        parts.append(part)
    if len({isinstance(part, Slot) and part.is_year for part in parts}) == 2:
        raise PhraseError(say("plan.year_beside_months", value=text))
    parts.reverse()
    return tuple(parts)


def _item(item: str, years: Years | None, text: str) -> tuple[Part, Years | None]:
    """One thing of the list, and the years that hold for what stands before it."""
    if spanning := _SPAN.fullmatch(item):
        return _span(spanning, text), years
    if alone := _YEARS.fullmatch(item):
        years = _year_range(alone[1], alone[2], text)
        return Slot(1, 12, *years), years
    if iso := _ISO_DAYS.fullmatch(item):
        first = day_of(int(iso[1]), int(iso[2]), int(iso[3]), text)
        last = day_of(int(iso[4]), int(iso[5]), int(iso[6]), text) if iso[4] else first
        return _days(first, last, text), (first.year, first.year)
    if fraction := _FRACTION.fullmatch(item):
        years = _years_of(fraction["y1"], fraction["y2"], years, text)
        return _fraction(fraction, years, text), years
    if days := _DAYS.fullmatch(item):
        return _czech_days(days, years, text)
    if match := _ITEM.fullmatch(item):
        if not (match[3] or years or is_month(match[1])):
            raise _unknown(text)
        _refuse_strange(text, match[1], match[2])
        first_month = month_number(match[1], text)
        last_month = month_number(match[2], text) if match[2] else first_month
        years = _years_of(match[3], match[4], years, text)
        if last_month < first_month:
            raise PhraseError(say("plan.months_backwards", value=text))
        return Slot(first_month, last_month, *years), years
    raise _unknown(text)


def _refuse_strange(text: str, *words: str | None) -> None:
    """A word like no month is no slip in one: the phrase as a whole is not understood."""
    if not all(is_like_a_month(word) for word in words if word):
        raise _unknown(text)


def _unknown(text: str) -> PhraseError:
    return UnknownPhrase(say("plan.when_unknown", value=text, known=nearest_first(text, KNOWN)))


def _span(match: re.Match[str], text: str) -> Part:
    span = Span(month_number(match[1], text), int(match[2]), month_number(match[3], text), int(match[4]))
    if (span.last_year, span.last_month) < (span.first_year, span.first_month):
        raise PhraseError(say("plan.months_backwards", value=text))
    if span.first_year == span.last_year:
        return Slot(span.first_month, span.last_month, span.first_year, span.last_year)
    return span


def _fraction(match: re.Match[str], years: Years, text: str) -> Slot:
    per = Per.HALF if match["unit"].startswith("pol") else Per.QUARTER
    first = _NUMBERS.get(match["first"], 0)
    last = _NUMBERS.get(match["last"], 0) if match["last"] else first
    length = _MONTHS_OF[per]
    if not 1 <= first <= last <= 12 // length:
        raise PhraseError(say("plan.no_such_part", value=text))
    return Slot((first - 1) * length + 1, last * length, *years, per=per if first == last else None)


def _czech_days(match: re.Match[str], years: Years | None, text: str) -> tuple[Part, Years]:
    _refuse_strange(text, *(part.rstrip(".") for part in (match["m1"], match["m2"]) if part))
    years = _years_of(match["y2"], None, years, text)
    if years[0] != years[1]:
        raise PhraseError(say("plan.day_without_year", value=text))
    month = month_number(match["m2"].rstrip("."), text)
    last = day_of(years[0], month, int(match["d2"]), text)
    if not match["d1"]:
        return Days(last, last), years
    first_month = month_number(match["m1"].rstrip("."), text) if match["m1"] else month
    first = day_of(int(match["y1"] or years[0]), first_month, int(match["d1"]), text)
    return _days(first, last, text), (first.year, first.year)


def _days(first: date, last: date, text: str) -> Days:
    if last < first:
        raise PhraseError(say("plan.days_backwards", value=text))
    return Days(first, last)


def _years_of(first: str | None, last: str | None, inherited: Years | None, text: str) -> Years:
    if first:
        return _year_range(first, last, text)
    if inherited is None:
        raise PhraseError(say("plan.when_without_year", value=text))
    return inherited


def _year_range(first: str, last: str | None, text: str) -> Years:
    years = int(first), int(last or first)
    if years[1] < years[0]:
        raise PhraseError(say("plan.years_backwards", value=text))
    return years
