"""What `when` and `periodicity` were taken for, said back in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Literal

from babel.dates import get_day_names, get_month_names

from worker.messages import language, say
from worker.plan.model import DayRule, Per, SendRule, Watch
from worker.plan.words.rhythms import Rhythm
from worker.plan.words.whens import Days, Part, Since, Slot, Span, When
from worker.times import format_day

_MANY = 5
"""From here on Czech counts in the genitive: 2 roky, 5 let."""


def describe_when(when: When) -> str:
    """`září každého roku 2024–2027; prosinec každého roku 2024–2027`."""
    meaning = "; ".join(_describe(part) for part in when.parts)
    return meaning if when.count == 1 else say("plan.part_count", meaning=meaning, count=when.count)


def describe_turns(rhythm: Rhythm) -> str:
    """`1x v každém pololetí`; with the number that is required and the one that may be, where they differ."""
    how = describe_watch(Watch(rhythm.up_to, rhythm.per, rhythm.every))
    if rhythm.up_to == rhythm.count:
        return how
    return say("plan.turns_optional", how=how, required=rhythm.count, optional=rhythm.up_to - rhythm.count)


def describe_watch(watch: Watch) -> str:
    """The same for what is watched: `2x v každém týdnu`."""
    if watch.every == 1:
        return say(f"plan.turns_{watch.per.value}", count=watch.count)
    few = "few" if watch.every < _MANY else "many"
    return say(f"plan.turns_{watch.per.value}_{few}", count=watch.count, every=watch.every)


def _describe(part: Part) -> str:
    if isinstance(part, Days):
        if part.start == part.end:
            return format_day(part.start)
        return say("plan.part_days", start=plain_day(part.start), end=plain_day(part.end))
    if isinstance(part, Since):
        return say("plan.part_since", since=month_name(part.first_month, "format"), year=part.first_year)
    if isinstance(part, Slot):
        return _describe_slot(part)
    if isinstance(part, Span):
        since, until = month_name(part.first_month, "format"), month_name(part.last_month, "format")
        return say("plan.part_span", since=since, first=part.first_year, until=until, last=part.last_year)
    return say("plan.part_throughout")


def _describe_slot(part: Slot) -> str:
    single = part.first_year == part.last_year
    years = str(part.first_year) if single else f"{part.first_year}–{part.last_year}"
    if part.per is not None:
        number = part.last_month // (6 if part.per is Per.HALF else 3)
        key = f"plan.part_{part.per.value}" if single else f"plan.part_{part.per.value}s"
        return say(key, number=number, years=years)
    if part.is_year:
        return say("plan.part_year" if single else "plan.part_years", years=years)
    first, last = month_name(part.first_month), month_name(part.last_month)
    if part.is_month:
        return say("plan.part_month" if single else "plan.part_months", month=first, years=years)
    since, until = month_name(part.first_month, "format"), month_name(part.last_month, "format")
    key = "plan.part_range" if single else "plan.part_ranges"
    return say(key, since=since, until=until, first=first, last=last, years=years)


def spell_send_day(rule: SendRule) -> str:
    """The day a rule names: `2. úterý`, `the last working day`, `8. prosince`."""
    if rule.month is not None:
        return say("plan.day_of_year", number=rule.number, month=month_name(rule.month, "format"))
    if rule.day is DayRule.WEEKDAY:
        return say("plan.day_weekly", weekday=get_day_names("wide", locale=language())[rule.weekday])
    if rule.day is DayRule.DAY_OF_MONTH:
        return say("plan.day_of_month", number=rule.number)
    which = "last" if rule.number < 0 else "nth"
    if rule.day is DayRule.NTH_WORKING_DAY:
        return say(f"plan.day_working_{which}", number=rule.number)
    weekday = get_day_names("wide", locale=language())[rule.weekday]
    return say(f"plan.day_weekday_{which}", number=rule.number, weekday=weekday)


def plain_day(day: date) -> str:
    """`8. prosince 2026`, without its weekday, which Czech would have to inflect: `do 8. prosince 2026`."""
    return format_day(day).partition(" ")[2]


def month_name(number: int, context: Literal["format", "stand-alone"] = "stand-alone") -> str:
    """`září`; in context `format` the case that stands after a day or "from": `ledna`."""
    return str(get_month_names("wide", context=context, locale=language())[number])
