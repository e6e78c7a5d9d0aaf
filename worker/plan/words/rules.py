"""Short phrases beside the plan's columns: the send day, hours, lead times and lateness."""

from __future__ import annotations

import re
from datetime import time, timedelta

from worker.messages import say
from worker.plan.model import DayRule, Lead, SendRule, Unit
from worker.plan.words.phrases import PhraseError, day_of, is_like_a_month, month_number, normalise

_WEEKDAYS = ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle")
_ORDINALS = {
    "první": 1, "druhé": 2, "druhá": 2, "druhý": 2, "třetí": 3, "čtvrté": 4, "čtvrtá": 4, "čtvrtý": 4,
    "poslední": -1,
}  # fmt: skip
_ORDINAL = rf"(?P<number>[1-4])\.|(?P<word>{'|'.join(_ORDINALS)})"
_NTH_WEEKDAY = re.compile(rf"(?:{_ORDINAL}) ?(?P<weekday>{'|'.join(_WEEKDAYS)})")
_NTH_WORKING_DAY = re.compile(rf"(?:{_ORDINAL}) ?pracovní den")
_DAY_OF_MONTH = re.compile(r"(?P<day>[0-9]{1,2})\.(?: den)?")
_DAY_OF_YEAR = re.compile(r"(?P<day>[0-9]{1,2})\. ?(?P<month>[^\W\d_]+|[0-9]{1,2}\.)")
_WEEKDAY = re.compile(rf"(?:každ[éýá] )?(?P<weekday>{'|'.join(_WEEKDAYS)})")
_BARE_DIGIT = re.compile(r"[0-9]{1,2}(?:\. ?[0-9]{1,2})?")
_MANY = 5
"""From here on Czech counts in the genitive: 2 dny, 5 dní."""
_LEAP_YEAR = 2024
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})")
_AMOUNT = re.compile(r"(?P<amount>[0-9]{1,4}) (?P<unit>[^\W\d_]+(?: [^\W\d_]+)?)")

_LEAD_UNITS: dict[str, tuple[Unit, int]] = {
    **dict.fromkeys(("hodina", "hodiny", "hodin"), (Unit.HOURS, 1)),
    **dict.fromkeys(("den", "dny", "dní", "dnů"), (Unit.DAYS, 1)),
    **dict.fromkeys(("týden", "týdny", "týdnů"), (Unit.DAYS, 7)),
    **dict.fromkeys(("pracovní den", "pracovní dny", "pracovních dní", "pracovních dnů"), (Unit.WORKING_DAYS, 1)),
}
_LATENESS_UNITS: dict[str, timedelta] = {
    **dict.fromkeys(("minuta", "minuty", "minut"), timedelta(minutes=1)),
    **dict.fromkeys(("hodina", "hodiny", "hodin"), timedelta(hours=1)),
    **dict.fromkeys(("den", "dny", "dní", "dnů"), timedelta(days=1)),
}
_LONGEST_LEAD = timedelta(days=400)
_LONGEST_LATENESS = timedelta(days=60)


def parse_send_day(text: str) -> SendRule:
    """`2. úterý`, `poslední pátek`, `první pracovní den`, `15.` (of the window's last month) or `8. prosince`.

    A weekday alone is that of each week, for rows that come weekly.
    """
    plain = normalise(text)
    if match := _WEEKDAY.fullmatch(plain):
        return SendRule(DayRule.WEEKDAY, 0, _WEEKDAYS.index(match["weekday"]))
    if match := _NTH_WEEKDAY.fullmatch(plain):
        return SendRule(DayRule.NTH_WEEKDAY, _ordinal(match), _WEEKDAYS.index(match["weekday"]))
    if match := _NTH_WORKING_DAY.fullmatch(plain):
        return SendRule(DayRule.NTH_WORKING_DAY, _ordinal(match))
    if match := _DAY_OF_MONTH.fullmatch(plain):
        return SendRule(DayRule.DAY_OF_MONTH, _day(match["day"], text))
    if (match := _DAY_OF_YEAR.fullmatch(plain)) and is_like_a_month(match["month"].rstrip(".")):
        month = month_number(match["month"].rstrip("."), text)
        return SendRule(DayRule.DAY_OF_YEAR, day_of(_LEAP_YEAR, month, int(match["day"]), text).day, month=month)
    if _BARE_DIGIT.fullmatch(plain):
        raise PhraseError(say("plan.digit_for_a_day", value=text, number=plain.split(".")[0]))
    raise PhraseError(say("plan.bad_send_day", value=text))


def weekday_name(weekday: int) -> str:
    """`pondělí`, as `parse_send_day` reads it; Monday is 0."""
    return _WEEKDAYS[weekday]


def parse_clock(text: str) -> time:
    """`10:00` or `9.30`, Prague time."""
    match = _CLOCK.fullmatch(normalise(text))
    if match and int(match["hour"]) < 24 and int(match["minute"]) < 60:
        return time(int(match["hour"]), int(match["minute"]))
    raise PhraseError(say("plan.bad_clock", value=text))


def parse_lead(text: str) -> Lead:
    """`5 pracovních dní`, `4 hodiny`, `3 dny`, `2 týdny` before the send time; 400 days at most."""
    match = _AMOUNT.fullmatch(normalise(text))
    if match is None or match["unit"] not in _LEAD_UNITS:
        raise PhraseError(say("plan.bad_lead", value=text))
    unit, factor = _LEAD_UNITS[match["unit"]]
    amount = int(match["amount"]) * factor
    length = timedelta(hours=amount) if unit is Unit.HOURS else timedelta(days=amount)
    if length > _LONGEST_LEAD:
        raise PhraseError(say("plan.lead_too_long", value=text, days=_LONGEST_LEAD.days))
    return Lead(amount, unit)


def describe_lead(lead: Lead) -> str:
    """`3 pracovní dny`, `14 dní`, in the reader's language; `parse_lead` reads the Czech form."""
    count = "one" if lead.amount == 1 else "few" if lead.amount < _MANY else "many"
    return say(f"plan.lead_{lead.unit.value}_{count}", amount=lead.amount)


def parse_lateness(text: str) -> timedelta:
    """`2 hodiny`, `90 minut`, `1 den` after the send time; 60 days at most."""
    match = _AMOUNT.fullmatch(normalise(text))
    if match is None or match["unit"] not in _LATENESS_UNITS:
        raise PhraseError(say("plan.bad_lateness", value=text))
    lateness = int(match["amount"]) * _LATENESS_UNITS[match["unit"]]
    if lateness > _LONGEST_LATENESS:
        raise PhraseError(say("plan.lead_too_long", value=text, days=_LONGEST_LATENESS.days))
    return lateness


def _ordinal(match: re.Match[str]) -> int:
    return int(match["number"]) if match["number"] else _ORDINALS[match["word"]]


def _day(number: str, text: str) -> int:
    if not 1 <= int(number) <= 31:
        raise PhraseError(say("plan.no_such_day", value=text, hint=""))
    return int(number)
