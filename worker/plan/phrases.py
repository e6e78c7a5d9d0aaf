"""The plan's own Czech for times: what `when`, `periodicity`, days and spans of time say.

Everything is matched on normalised text (composed diacritics, one kind of dash and space, small letters); the
original stays with the caller. A phrase that is not understood raises `PhraseError` with a sentence for its author.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum

from worker.messages import say
from worker.plan.nearest import suggestion

MONTHS: tuple[tuple[str, ...], ...] = (
    ("leden", "ledna", "lednu"),
    ("únor", "února", "únoru"),
    ("březen", "března", "březnu"),
    ("duben", "dubna", "dubnu"),
    ("květen", "května", "květnu"),
    ("červen", "června", "červnu"),
    ("červenec", "července", "červenci"),
    ("srpen", "srpna", "srpnu"),
    ("září",),
    ("říjen", "října", "říjnu"),
    ("listopad", "listopadu"),
    ("prosinec", "prosince", "prosinci"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}


class PhraseError(ValueError):
    """A phrase that cannot be read; its text is the sentence for the person who wrote it."""


class Per(Enum):
    """The period a rhythm counts in; the value is its length in months."""

    MONTH = 1
    QUARTER = 3
    HALF = 6
    YEAR = 12


@dataclass(frozen=True)
class Slot:
    """Months `first_month`–`last_month` of each of the years; `is_month` when a single month was named."""

    first_month: int
    last_month: int
    first_year: int
    last_year: int

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


When = tuple[Slot | Span, ...]


class RhythmKind(Enum):
    ONCE = "once"
    EVERY = "every"
    MEETINGS = "meetings"


@dataclass(frozen=True)
class Rhythm:
    """How often: `count` (up to `up_to`) times in every `every` periods `per`; `at_least` when it is only a floor."""

    kind: RhythmKind
    count: int = 1
    up_to: int = 1
    at_least: bool = False
    every: int = 1
    per: Per = Per.YEAR


_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def normalise(text: str) -> str:
    """One spelling for matching: NFC, plain hyphens and spaces, small letters, none of them round `-`, `/` and `,`."""
    plain = _INVISIBLE.sub("", _DASHES.sub("-", unicodedata.normalize("NFC", text))).lower()
    plain = unicodedata.normalize("NFC", " ".join(plain.split()))
    return re.sub(r" ?([-/,;]) ?", r"\1", plain)


_MONTH = r"[^\W\d_]+|[0-9]{1,2}"
_YEAR = r"[0-9]{4}"
_SPAN = re.compile(rf"({_MONTH})[ /]({_YEAR})-({_MONTH})[ /]({_YEAR})")
_ITEM = re.compile(rf"({_MONTH})(?:-({_MONTH}))?(?:[ /]({_YEAR})(?:-({_YEAR}))?)?")
_YEARS = re.compile(rf"({_YEAR})(?:-({_YEAR}))?")


def parse_when(text: str) -> When:
    """Read the plan's first column, e.g. `září, prosinec 2024–2027`, `Červenec - prosinec 2024`, `9–11/2026`."""
    items = re.split(r"[,;]| a ", re.sub(r"^ve? ", "", normalise(text)))
    slots: list[Slot | Span] = []
    years: tuple[int, int] | None = None
    # Years stand behind the last of several months and hold for all before it, so the list is read from its end.
    for item in reversed(items):
        if spanning := _SPAN.fullmatch(item):
            slots.append(_span(spanning, text))
        elif alone := _YEARS.fullmatch(item):
            years = _year_range(alone[1], alone[2], text)
            slots.append(Slot(1, 12, *years))
        elif match := _ITEM.fullmatch(item):
            first = month_number(match[1], text)
            last = month_number(match[2], text) if match[2] else first
            years = _year_range(match[3], match[4], text) if match[3] else years
            if years is None:
                raise PhraseError(say("plan.when_without_year", value=text))
            if last < first:
                raise PhraseError(say("plan.months_backwards", value=text))
            slots.append(Slot(first, last, *years))
        else:
            raise PhraseError(say("plan.when_unknown", value=text))
    slots.reverse()
    return tuple(slots)


def _span(match: re.Match[str], text: str) -> Span:
    span = Span(month_number(match[1], text), int(match[2]), month_number(match[3], text), int(match[4]))
    if (span.last_year, span.last_month) < (span.first_year, span.first_month):
        raise PhraseError(say("plan.months_backwards", value=text))
    return span


def _year_range(first: str, last: str | None, text: str) -> tuple[int, int]:
    years = int(first), int(last or first)
    if years[1] < years[0]:
        raise PhraseError(say("plan.years_backwards", value=text))
    return years


def genitive(month: int) -> str:
    """The month as it stands after a day: `8. prosince`."""
    return MONTHS[month - 1][:2][-1]


def month_number(word: str, text: str) -> int:
    """1–12 for a month's Czech name or number; PhraseError naming `text` and the month probably meant."""
    number = int(word) if word.isdecimal() else _MONTH_NUMBERS.get(word)
    if number is None:
        hint = suggestion(word, (names[0] for names in MONTHS))
        raise PhraseError(say("plan.unknown_month", value=text, word=word, hint=hint))
    if not 1 <= number <= 12:
        raise PhraseError(say("plan.month_number", value=text, word=word))
    return number


_FLOOR = r"(?P<floor>(?:alespoň|aspoň|nejméně|minimálně) )?(?:(?:cca|asi|přibližně)\.? )?"
_TIMES = r"(?P<count>[0-9]{1,2})(?:-(?P<up_to>[0-9]{1,2}))? ?(?:x|×|krát)"
_UNITS = {
    "rok": Per.YEAR, "roku": Per.YEAR, "roky": Per.YEAR, "let": Per.YEAR,
    "pololetí": Per.HALF, "čtvrtletí": Per.QUARTER,
    "měsíc": Per.MONTH, "měsíce": Per.MONTH, "měsíců": Per.MONTH,
}  # fmt: skip
_ADVERBS = {
    "ročně": Per.YEAR, "každoročně": Per.YEAR, "pololetně": Per.HALF,
    "čtvrtletně": Per.QUARTER, "měsíčně": Per.MONTH,
}  # fmt: skip
_HALF_YEAR = re.compile(r"(?:½|1/2|půl|pol\.) ?(?:rok|roku)\b")
_PER = re.compile(rf"za (?:(?P<every>[0-9]{{1,2}}) )?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b")
_ADVERB = re.compile(rf"(?P<adverb>{'|'.join(sorted(_ADVERBS, key=len, reverse=True))})\b")
_COUNTED = re.compile(rf"{_FLOOR}{_TIMES} ?")
_MEETINGS = re.compile(r"(?:všechna(?: řádně)?(?: plánovaná)? zasedání|(?:dle|podle) plánu zasedání)\b")
_ANOTHER_RHYTHM = re.compile(r"^[0-9]|[0-9] ?(?:x\b|×|krát\b)")


def parse_rhythm(text: str) -> Rhythm:
    """Read the plan's periodicity, e.g. `Alespoň 1x za ½ roku informace o novinkách`, `1x za 2 roky`, `čtvrtletně`.

    Words after the rhythm are a remark; a second rhythm among them is refused rather than overlooked.
    """
    plain = _HALF_YEAR.sub("pololetí", normalise(text))
    if meetings := _MEETINGS.match(plain):
        return _with_remark(Rhythm(RhythmKind.MEETINGS), plain[meetings.end() :], text)
    counted = _COUNTED.match(plain)
    rest = plain[counted.end() :] if counted else plain
    period = _PER.match(rest) or _ADVERB.match(rest)
    if counted is None and (period is None or "unit" in period.groupdict()):
        raise _unknown_rhythm(plain, text)
    count = int(counted["count"]) if counted else 1
    up_to = int(counted["up_to"] or count) if counted else 1
    at_least = bool(counted and counted["floor"])
    if count < 1 or up_to < count:
        raise PhraseError(say("plan.rhythm_count", value=text))
    if period is None:
        if (count, up_to) != (1, 1) or (rest and not rest.startswith((",", ";", "("))):
            raise _unknown_rhythm(rest or plain, text)
        return _with_remark(Rhythm(RhythmKind.ONCE, at_least=at_least), rest, text)
    named = period.groupdict()
    per = _UNITS[named["unit"]] if "unit" in named else _ADVERBS[named["adverb"]]
    every = int(named.get("every") or 1)
    if every < 1:
        raise PhraseError(say("plan.rhythm_count", value=text))
    return _with_remark(Rhythm(RhythmKind.EVERY, count, up_to, at_least, every, per), rest[period.end() :], text)


def _with_remark(rhythm: Rhythm, remark: str, text: str) -> Rhythm:
    if _ANOTHER_RHYTHM.search(remark.strip()):
        raise PhraseError(say("plan.two_rhythms", value=text))
    return rhythm


def _unknown_rhythm(rest: str, text: str) -> PhraseError:
    word = next((part for part in re.findall(r"[^\W\d_]+", rest) if part not in ("za", "x", "krát")), rest)
    return PhraseError(say("plan.unknown_rhythm", value=text, hint=suggestion(word, {*_UNITS, *_ADVERBS})))


_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CZECH_DAY = re.compile(rf"([0-9]{{1,2}})\. ?({_MONTH})\.? ?([0-9]{{4}})")


def parse_day(text: str) -> date:
    """Read one day: `2026-12-08`, `8. 12. 2026`, `8. prosince 2026`."""
    plain = normalise(text)
    if match := _ISO_DAY.fullmatch(plain):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _CZECH_DAY.fullmatch(plain):
        year, month, day = int(match[3]), month_number(match[2], text), int(match[1])
    else:
        raise PhraseError(say("plan.bad_day", value=text))
    try:
        return date(year, month, day)
    except ValueError:
        raise PhraseError(say("plan.no_such_day", value=text)) from None
