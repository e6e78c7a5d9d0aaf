"""A row's months and rhythm put together: the periods it comes to, and how that was read."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from babel.dates import get_month_names

from worker.messages import language, say
from worker.plan.model import Period, Window
from worker.plan.phrases import Per, PhraseError, Rhythm, RhythmKind, Slot, Span, When

_PER_NAMES = {Per.MONTH: "month", Per.QUARTER: "quarter", Per.HALF: "half", Per.YEAR: "year"}


@dataclass(frozen=True)
class Reading:
    """Periods in order, their labels unique, and the sentences that say how they came about."""

    periods: tuple[Period, ...]
    sentences: tuple[str, ...]


def read_dates(dates: tuple[date, ...], when: str, periodicity: str) -> Reading:
    """A row that happens on entered days alone (meetings): one period per day."""
    periods = tuple(Period(day.isoformat(), Window(day, day)) for day in sorted(dates))
    meaning = say("plan.read_dates", periodicity=periodicity, count=len(periods))
    return Reading(periods, (meaning, say("plan.when_beside_dates", when=when)) if when else (meaning,))


def read_row(when_text: str, when: When, periodicity: str, rhythm: Rhythm | None, plan: Window) -> Reading:
    """The periods of a row whose `when` and `periodicity` say what is given; PhraseError where they do not fit.

    Months listed give one window per month and year, a range of months one window per year. A rhythm beside a single
    month goes on by its period to the plan's end, whole years are divided by it, `1x za 2 roky` takes every second
    year from the first; beside months that name every turn it adds nothing.
    """
    _check_inside(when, when_text, plan)
    listed = _windows(when)
    if len(set(listed)) != len(listed):
        raise PhraseError(say("plan.window_twice", value=when_text))
    first = say("plan.read_when", when=when_text, meaning="; ".join(_describe(part) for part in when))
    if rhythm is None:
        return _reading(listed, [first])
    if rhythm.kind is RhythmKind.ONCE:
        return _reading(listed, [first, say("plan.read_once", periodicity=periodicity)])
    if all(isinstance(part, Slot) and part.is_year for part in when):
        by_period = [period for year in listed for period in _turns(rhythm, year.window)]
        return _reading(by_period, [first, _say_turns("read_every", periodicity, rhythm)])
    if len(listed) == 1 and isinstance(when[0], Slot) and when[0].is_month:
        later = _continued(rhythm, listed[0].window, plan)
        return _reading([*listed, *later], [first, _say_turns("read_continues", periodicity, rhythm)])
    if rhythm.per is Per.YEAR and rhythm.every > 1 and not rhythm.at_least:
        start = listed[0].window.start.year
        kept = [period for period in listed if (period.window.start.year - start) % rhythm.every == 0]
        years = ", ".join(sorted({str(period.window.start.year) for period in kept}))
        return _reading(kept, [first, say("plan.read_thinned", periodicity=periodicity, years=years)])
    if rhythm.per is Per.YEAR and rhythm.count > 1 and not any(isinstance(p, Slot) and p.is_month for p in when):
        parts = [Period(p.label, part) for p in listed for part in _divided(p.window, rhythm.count)]
        return _reading(parts, [first, _say_turns("read_every", periodicity, rhythm)])
    return _reading(listed, [first, say("plan.read_watch", periodicity=periodicity)])


def _check_inside(when: When, text: str, plan: Window) -> None:
    for part in when:
        if part.first_year < plan.start.year or part.last_year > plan.end.year:
            values = {"value": text, "first": plan.start.year, "last": plan.end.year}
            raise PhraseError(say("plan.outside_plan", **values))


def _windows(when: When) -> list[Period]:
    periods = []
    for part in when:
        if isinstance(part, Span):
            window = Window(date(part.first_year, part.first_month, 1), _month_end(part.last_year, part.last_month))
            periods.append(Period(str(part.first_year), window))
            continue
        for year in range(part.first_year, part.last_year + 1):
            label = f"{year}-{part.first_month:02}" if part.is_month else str(year)
            window = Window(date(year, part.first_month, 1), _month_end(year, part.last_month))
            periods.append(Period(label, window))
    return sorted(periods, key=lambda period: period.window)


def _reading(periods: list[Period], sentences: list[str]) -> Reading:
    """Number the second and later periods of one label: `2026`, `2026.2`."""
    seen: Counter[str] = Counter()
    numbered = []
    for period in sorted(periods, key=lambda each: each.window):
        seen[period.label] += 1
        turn = seen[period.label]
        numbered.append(period if turn == 1 else Period(f"{period.label}.{turn}", period.window))
    return Reading(tuple(numbered), (*sentences, say("plan.read_count", count=len(numbered))))


def _unit(rhythm: Rhythm) -> tuple[Per, int]:
    """The period and how often in it: twice a year is once in each half, four times once in each quarter."""
    if rhythm.per is Per.YEAR and rhythm.every == 1:
        finer = {2: Per.HALF, 4: Per.QUARTER, 12: Per.MONTH}.get(rhythm.count)
        if finer is not None:
            return finer, 1
    return rhythm.per, rhythm.count


def _turns(rhythm: Rhythm, within: Window) -> list[Period]:
    """Every turn of `rhythm` inside `within`, counted from its first day."""
    per, count = _unit(rhythm)
    index = _index(within.start, per)
    turns: list[Period] = []
    while (period := _period(per, index)).window.start <= within.end:
        turns += (Period(period.label, part) for part in _divided(period.window, count))
        index += rhythm.every
    return turns


def _continued(rhythm: Rhythm, first: Window, plan: Window) -> list[Period]:
    """The turns after the period that holds `first`, to the plan's end."""
    per, _ = _unit(rhythm)
    following = _period(per, _index(first.start, per) + rhythm.every).window.start
    return _turns(rhythm, Window(following, plan.end)) if following <= plan.end else []


def _index(day: date, per: Per) -> int:
    return (day.year * 12 + day.month - 1) // per.value


def _period(per: Per, index: int) -> Period:
    year, month = divmod(index * per.value, 12)
    number = index % (12 // per.value) + 1
    label = {
        Per.MONTH: f"{year}-{month + 1:02}",
        Per.QUARTER: f"{year}-Q{number}",
        Per.HALF: f"{year}-H{number}",
        Per.YEAR: str(year),
    }[per]
    return Period(label, Window(date(year, month + 1, 1), _month_end(year, month + per.value)))


def _divided(window: Window, count: int) -> list[Window]:
    """`window` in `count` parts whose lengths differ by a day at most."""
    days = (window.end - window.start).days + 1
    if count > days:
        raise PhraseError(say("plan.too_often", count=count, days=days))
    bounds = [window.start + timedelta(days=days * part // count) for part in range(count + 1)]
    return [Window(start, end - timedelta(days=1)) for start, end in pairwise(bounds)]


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _describe(part: Slot | Span) -> str:
    first, last = _month_name(part.first_month), _month_name(part.last_month)
    since, until = _month_name(part.first_month, "format"), _month_name(part.last_month, "format")
    if isinstance(part, Span):
        return say("plan.part_span", since=since, first=part.first_year, until=until, last=part.last_year)
    single = part.first_year == part.last_year
    years = str(part.first_year) if single else f"{part.first_year}–{part.last_year}"
    if part.is_year:
        return say("plan.part_year" if single else "plan.part_years", years=years)
    if part.is_month:
        return say("plan.part_month" if single else "plan.part_months", month=first, years=years)
    key = "plan.part_range" if single else "plan.part_ranges"
    return say(key, since=since, until=until, first=first, last=last, years=years)


def _month_name(number: int, context: Literal["format", "stand-alone"] = "stand-alone") -> str:
    """`září`; in context `format` the case that stands after a day or "from": `ledna`."""
    return str(get_month_names("wide", context=context, locale=language())[number])


def _say_turns(key: str, periodicity: str, rhythm: Rhythm) -> str:
    per, count = _unit(rhythm)
    turns = f"plan.turns_{_PER_NAMES[per]}"
    how = say(turns if rhythm.every == 1 else f"{turns}_every", every=rhythm.every, count=count)
    return say(f"plan.{key}", periodicity=periodicity, how=how)
