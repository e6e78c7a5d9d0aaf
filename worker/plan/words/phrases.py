"""Czech words as a plan spells them: one spelling for matching, months, and single days.

Everything is matched on normalised text (composed diacritics, one kind of dash and space, small letters); the
original stays with the caller. A phrase that is not understood raises `PhraseError` with a sentence for its author.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import MINYEAR, date

from worker.messages import say
from worker.nearest import nearest
from worker.plan.words.nearest import suggestion

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

MONTH = r"[^\W\d_]+|[0-9]{1,2}"
YEAR = r"[0-9]{4}"


class PhraseError(ValueError):
    """A phrase that cannot be read; its text is the sentence for the person who wrote it."""


class UnknownPhrase(PhraseError):
    """A phrase that is like nothing that can be read, so that what can be is listed."""


_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def normalise(text: str) -> str:
    """One spelling for matching: NFC, plain hyphens and spaces, small letters, none of them round `-`, `/` and `,`."""
    plain = _INVISIBLE.sub("", _DASHES.sub("-", unicodedata.normalize("NFC", text))).lower()
    plain = unicodedata.normalize("NFC", " ".join(plain.split()))
    return re.sub(r" ?([-/,;]) ?", r"\1", plain)


def month_number(word: str, text: str) -> int:
    """1–12 for a month's Czech name or number; PhraseError naming `text` and the month probably meant."""
    number = int(word) if word.isdecimal() else _MONTH_NUMBERS.get(word)
    if number is None:
        hint = suggestion(word, (names[0] for names in MONTHS))
        raise PhraseError(say("plan.unknown_month", value=text, word=word, hint=hint))
    if not 1 <= number <= 12:
        raise PhraseError(say("plan.month_number", value=text, word=word))
    return number


def is_month(word: str) -> bool:
    """Whether `word` is a month's name or a number."""
    return word.isdecimal() or word in _MONTH_NUMBERS


def is_like_a_month(word: str) -> bool:
    """Whether `word` is a month or probably meant as one."""
    return is_month(word) or nearest(word, _MONTH_NUMBERS) is not None


_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CZECH_DAY = re.compile(rf"([0-9]{{1,2}})\. ?({MONTH})\.? ?([0-9]{{4}})")


def parse_day(text: str) -> date:
    """Read one day: `2026-12-08`, `8. 12. 2026`, `8. prosince 2026`."""
    plain = normalise(text)
    if match := _ISO_DAY.fullmatch(plain):
        return day_of(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _CZECH_DAY.fullmatch(plain):
        return day_of(int(match[3]), month_number(match[2], text), int(match[1]), text)
    raise PhraseError(say("plan.bad_day", value=text))


def day_of(year: int, month: int, day: int, text: str) -> date:
    """The day of the calendar; PhraseError naming `text` when there is none, as with 31 February."""
    try:
        return date(year, month, day)
    except ValueError:
        hint = ""
        if 1 <= month <= 12 and year >= MINYEAR:
            hint = say("plan.days_of_month", month=f"{month}/{year}", days=monthrange(year, month)[1]) + " "
        raise PhraseError(say("plan.no_such_day", value=text, hint=hint)) from None
