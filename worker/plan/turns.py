"""The calendar cut into weeks, months, quarters, half-years and years, and stretches of days cut into equal parts."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from worker.messages import say
from worker.plan.model import Per, Period, Window
from worker.plan.words.phrases import PhraseError

MOST = 20_000
"""Occurrences of a plan, and so periods of a row."""

MONTHS_OF = {Per.MONTH: 1, Per.QUARTER: 3, Per.PROJECT_QUARTER: 3, Per.HALF: 6, Per.YEAR: 12}
_MONDAY_ONE = date(1, 1, 1).toordinal()
_THURSDAY = 3
_WEEK = re.compile(r"[0-9]{4}-W[0-9]{2}(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Calendar:
    """Which period holds a day. Project quarters are counted from the first month of `plan`."""

    plan: Window

    def index(self, day: date, per: Per) -> int:
        """The number of the period that holds `day`; the next period has the next number."""
        if per is Per.WEEK:
            return (day.toordinal() - _MONDAY_ONE) // 7
        return (day.year * 12 + day.month - 1 - self._shift(per)) // MONTHS_OF[per]

    def period(self, per: Per, index: int, every: int = 1) -> Period:
        """`every` periods from the one numbered `index` on, labelled by the first of them."""
        if per is Per.WEEK:
            monday = date.fromordinal(_MONDAY_ONE + index * 7)
            year, week, _ = monday.isocalendar()
            return Period(f"{year}-W{week:02}", Window(monday, monday + timedelta(days=7 * every - 1)))
        first = index * MONTHS_OF[per] + self._shift(per)
        return Period(self._label(per, index, *divmod(first, 12)), _months(first, MONTHS_OF[per] * every))

    def turns(self, per: Per, every: int, within: Window) -> Iterator[Period]:
        """The blocks of `every` periods that `within` touches, cut to it, counted from its first day.

        A week belongs where its Thursday lies (ISO 8601), so it is neither missed nor taken twice where years meet.
        """
        first, last = self.index(within.start, per), self.index(within.end, per)
        if per is Per.WEEK:
            first += within.start.weekday() > _THURSDAY
            last -= within.end.weekday() < _THURSDAY
            weeks = Window(self.period(per, first).window.start, self.period(per, last).window.end)
            within = Window(max(weeks.start, self.plan.start), min(weeks.end, self.plan.end))
        for index in range(first, last + 1, every):
            block = self.period(per, index, every)
            cut = Window(max(block.window.start, within.start), min(block.window.end, within.end))
            yield Period(block.label, cut)

    def _shift(self, per: Per) -> int:
        """Months from where the counting starts: a project's quarters begin in its first month."""
        return (self.plan.start.year * 12 + self.plan.start.month - 1) % 3 if per is Per.PROJECT_QUARTER else 0

    def _label(self, per: Per, index: int, year: int, month: int) -> str:
        if per is Per.PROJECT_QUARTER:
            return f"{year}-Q{(index - self.index(self.plan.start, per)) % 4 + 1}"
        number = index % (12 // MONTHS_OF[per]) + 1
        return {
            Per.MONTH: f"{year}-{month + 1:02}",
            Per.QUARTER: f"{year}-Q{number}",
            Per.HALF: f"{year}-H{number}",
        }.get(per, str(year))


def _months(first: int, count: int) -> Window:
    """`count` months from month number `first` (years times twelve, from January = 0)."""
    (year, month), (last_year, last_month) = divmod(first, 12), divmod(first + count - 1, 12)
    return Window(date(year, month + 1, 1), month_end(last_year, last_month + 1))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def is_weekly(periods: Iterable[Period]) -> bool:
    """Whether they are weeks or parts of weeks."""
    return any(_WEEK.fullmatch(period.label) for period in periods)


def divided(window: Window, count: int) -> list[Window]:
    """`window` in `count` parts: of as many months each where that comes out, else of as many days, give or take one.

    PhraseError when it has not so many days.
    """
    days = (window.end - window.start).days + 1
    if count > days:
        raise PhraseError(say("plan.too_often", count=count, days=days))
    first, after = window.start, window.end + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and months % count == 0:
        start = first.year * 12 + first.month - 1
        return [_months(start + months // count * part, months // count) for part in range(count)]
    bounds = [first + timedelta(days=days * part // count) for part in range(count + 1)]
    return [Window(start, end - timedelta(days=1)) for start, end in pairwise(bounds)]
