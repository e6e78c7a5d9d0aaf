"""A row's months and rhythm put together: the periods it comes to, and how that was read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from worker.messages import say
from worker.plan.model import Per, Period, Watch, Window
from worker.plan.reading.read_back import describe_turns, describe_when
from worker.plan.turns import MONTHS_OF, MOST, Calendar, divided, month_end
from worker.plan.words.phrases import PhraseError
from worker.plan.words.rhythms import Rhythm, RhythmKind
from worker.plan.words.whens import Days, Part, Since, Slot, Throughout, When

_WEEK = 7


@dataclass(frozen=True)
class Reading:
    """Periods in order, their labels unique, and the sentences that say how they came about."""

    periods: tuple[Period, ...] = ()
    sentences: tuple[str, ...] = ()
    floor: Watch | None = None
    floor_span: Window | None = None
    """The days the floor speaks of."""
    by_dates: bool = False
    on_call: bool = False
    rhythm: Watch | None = None
    assumptions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    """Turns of a promise that is no "at least" in which the months listed are fewer than promised, by label."""


def read_dates(dates: tuple[date, ...], when: str, periodicity: str, *, on_call: bool = False) -> Reading:
    """A row that happens on entered days alone (meetings, what is on call): one period per day."""
    periods = tuple(Period(day.isoformat(), Window(day, day)) for day in sorted(set(dates)))
    if not periodicity:
        meaning = say("plan.read_entered", count=len(periods))
    else:
        key = "plan.read_on_call" if on_call else "plan.read_dates"
        meaning = say(key, periodicity=periodicity, count=len(periods))
    beside = (say("plan.when_beside_dates", when=when),) if when else ()
    return Reading(periods, (meaning, *beside), by_dates=True, on_call=on_call)


def read_row(when_text: str, when: When, periodicity: str, rhythm: Rhythm | None, plan: Window) -> Reading:
    """The periods of a row whose `when` and `periodicity` say what is given; PhraseError where they do not fit.

    Months listed give one window per month and year, a range of months one window per year. A rhythm cuts whatever is
    longer than its period into turns; beside a single month it goes on by its period to the plan's end, and `1x za 2
    roky` takes every second year from the first; beside months that name every turn it adds nothing.
    """
    if rhythm is not None and rhythm.per is Per.QUARTER and Throughout(project=True) in when.parts:
        rhythm = replace(rhythm, per=Per.PROJECT_QUARTER)
    row = _Row(Calendar(plan), _listed(when, when_text, plan))
    first = say("plan.read_when", when=when_text, meaning=describe_when(when)) if when_text else None
    periods, sentence = row.turns(when, periodicity, rhythm)
    floor = rhythm.watch() if rhythm and rhythm.kind is RhythmKind.EVERY and rhythm.at_least else None
    optional = sum(each.optional for each in periods)
    key = "plan.read_count_optional" if optional else "plan.read_count"
    said = (first, sentence, say(key, count=len(periods), optional=optional))
    return Reading(
        periods=tuple(_numbered(periods)),
        sentences=tuple(each for each in said if each),
        floor=floor,
        floor_span=row.span(when) if floor else None,
        short=row.short(when, rhythm) if rhythm and not floor and periods is row.listed else (),
    )


def lasts_throughout(when_text: str, when: When, plan: Window) -> bool:
    """Whether what `when` names is the plan's whole span; PhraseError when it lies outside."""
    joined = _joined(_listed(when, when_text, plan))
    return len(joined) == 1 and joined[0].window == plan


@dataclass(frozen=True)
class _Row:
    calendar: Calendar
    listed: list[Period]
    """What the first column names, in the order of time."""

    def turns(self, when: When, periodicity: str, rhythm: Rhythm | None) -> tuple[list[Period], str | None]:
        """The periods, and the sentence that says how the rhythm made them."""
        if when.count > 1 or rhythm is None:
            promise = say("plan.read_watch", periodicity=periodicity) if rhythm else None
            return _parted(self.listed, when.count, when.count), promise
        if rhythm.kind is RhythmKind.ONCE:
            key = "plan.read_once" if rhythm.up_to == 1 else "plan.read_times"
            said = say(key, periodicity=periodicity, count=rhythm.up_to)
            return _parted(self.listed, rhythm.count, rhythm.up_to), said
        every = say("plan.read_every", periodicity=periodicity, how=describe_turns(rhythm))
        if self._divides(when, rhythm):
            return self._by_calendar(rhythm, _joined(self.listed)), every
        if len(self.listed) == 1 and isinstance(slot := when.parts[0], Slot) and slot.is_month:
            said = say("plan.read_continues", periodicity=periodicity, how=describe_turns(rhythm))
            return [*self.listed, *self._continued(rhythm)], said
        if rhythm.per is Per.YEAR and rhythm.every > 1 and not rhythm.at_least:
            start = self.listed[0].window.start.year
            kept = [each for each in self.listed if (each.window.start.year - start) % rhythm.every == 0]
            years = ", ".join(sorted({str(each.window.start.year) for each in kept}))
            return kept, say("plan.read_thinned", periodicity=periodicity, years=years)
        if rhythm.per is Per.YEAR and rhythm.up_to > 1 and not any(_is_short(part) for part in when.parts):
            return _parted(self.listed, rhythm.count, rhythm.up_to), every
        key = "plan.read_floor" if rhythm.at_least else "plan.read_watch"
        return self.listed, say(key, periodicity=periodicity, how=describe_turns(rhythm))

    def span(self, when: When) -> Window:
        """The days a floor speaks of: the whole years named; from a single month on, the rest of the plan."""
        plan, first, last = self.calendar.plan, self.listed[0].window, self.listed[-1].window
        if all(isinstance(part, Slot) for part in when.parts):
            if len(self.listed) == 1 and _is_short(when.parts[0]):
                return Window(first.start, plan.end)
            start, end = date(first.start.year, 1, 1), date(last.end.year, 12, 31)
            return Window(max(start, plan.start), min(end, plan.end))
        return Window(first.start, last.end)

    def short(self, when: When, rhythm: Rhythm) -> tuple[str, ...]:
        """The turns of `rhythm` that hold fewer of the listed windows' ends than it promises."""
        if rhythm.kind is not RhythmKind.EVERY:
            return ()
        ends = sorted(each.window.end for each in self.listed)
        turns = self.calendar.turns(rhythm.per, rhythm.every, self.span(when))
        return tuple(
            turn.label
            for turn in turns
            if bisect_right(ends, turn.window.end) - bisect_left(ends, turn.window.start) < rhythm.count
        )

    def _divides(self, when: When, rhythm: Rhythm) -> bool:
        """Whether some stretch named is longer than the rhythm's period, so that the rhythm makes its turns."""
        if rhythm.per is Per.WEEK:
            return any((each.window.end - each.window.start).days >= _WEEK for each in self.listed)
        months = MONTHS_OF[rhythm.per] * rhythm.every
        return all(map(_is_whole, when.parts)) or any(_months(each.window) > months for each in _joined(self.listed))

    def _by_calendar(self, rhythm: Rhythm, within: Iterable[Period]) -> list[Period]:
        per, count, up_to = _unit(rhythm)
        found: list[Period] = []
        for stretch in within:
            for turn in self.calendar.turns(per, rhythm.every, stretch.window):
                days = (turn.window.end - turn.window.start).days + 1
                parts = min(up_to, days) if per is Per.WEEK and days < _WEEK else up_to
                found += _parted([turn], count, parts)
                _refuse_too_many(len(found))
        return found

    def _continued(self, rhythm: Rhythm) -> list[Period]:
        """The turns after the one that holds the listed month, to the plan's end."""
        per, _, _ = _unit(rhythm)
        index = self.calendar.index(self.listed[0].window.start, per) + rhythm.every
        following = self.calendar.period(per, index).window.start
        if following > self.calendar.plan.end:
            return []
        return self._by_calendar(rhythm, [Period("", Window(following, self.calendar.plan.end))])


def _listed(when: When, text: str, plan: Window) -> list[Period]:
    """What the first column names, cut to the plan; PhraseError for what lies outside it or is named twice."""
    found: list[Period] = []
    for part in when.parts:
        found += _periods_of(part, text, plan)
        _refuse_too_many(len(found) * when.count)
    if len(set(found)) != len(found):
        raise PhraseError(say("plan.window_twice", value=text))
    return sorted(found, key=lambda each: each.window)


def _periods_of(part: Part, text: str, plan: Window) -> list[Period]:
    if isinstance(part, Throughout):
        return [Period(str(plan.start.year), plan)]
    if isinstance(part, Slot):
        _refuse_outside(part.first_year, part.last_year, text, plan)
        years = range(part.first_year, part.last_year + 1)
        named = [
            Period(_label(part, year), Window(date(year, part.first_month, 1), month_end(year, part.last_month)))
            for year in years
        ]
        return [_cut(each, text, plan) for each in named]
    if isinstance(part, Since):
        _refuse_outside(part.first_year, part.first_year, text, plan)
        start = date(part.first_year, part.first_month, 1)
        if start > plan.end:
            raise _outside(text, plan)
        return [_cut(Period(str(part.first_year), Window(start, plan.end)), text, plan)]
    if isinstance(part, Days):
        return [_cut(Period(part.start.isoformat(), Window(part.start, part.end)), text, plan)]
    _refuse_outside(part.first_year, part.last_year, text, plan)
    window = Window(date(part.first_year, part.first_month, 1), month_end(part.last_year, part.last_month))
    return [_cut(Period(str(part.first_year), window), text, plan)]


def _label(slot: Slot, year: int) -> str:
    if slot.per is Per.HALF:
        return f"{year}-H{slot.last_month // 6}"
    if slot.per is Per.QUARTER:
        return f"{year}-Q{slot.last_month // 3}"
    return f"{year}-{slot.first_month:02}" if slot.is_month else str(year)


def _refuse_outside(first_year: int, last_year: int, text: str, plan: Window) -> None:
    if first_year < plan.start.year or last_year > plan.end.year:
        raise _outside(text, plan)


def _cut(period: Period, text: str, plan: Window) -> Period:
    window = Window(max(period.window.start, plan.start), min(period.window.end, plan.end))
    if window.end < window.start:
        raise _outside(text, plan)
    return period if window == period.window else replace(period, window=window)


def _outside(text: str, plan: Window) -> PhraseError:
    first, last = (f"{day.month}/{day.year}" for day in (plan.start, plan.end))
    if _is_year(plan):
        first, last = str(plan.start.year), str(plan.end.year)
    return PhraseError(say("plan.outside_plan", value=text, first=first, last=last))


def _refuse_too_many(count: int) -> None:
    if count > MOST:
        raise PhraseError(say("plan.too_many", most=MOST))


def _parted(periods: list[Period], required: int, total: int) -> list[Period]:
    """Each period in `total` parts, labelled alike, those after the first `required` being optional."""
    if total == 1:
        return periods
    _refuse_too_many(len(periods) * total)
    return [
        Period(_own_label(period.label, part), part, optional=number >= required)
        for period in periods
        for number, part in enumerate(divided(period.window, total))
    ]


def _own_label(label: str, part: Window) -> str:
    """A stretch over several years is labelled by each part's first year."""
    return str(part.start.year) if label.isdecimal() else label


def _numbered(periods: list[Period]) -> list[Period]:
    """Number the second and later periods of one label: `2026`, `2026.2`."""
    seen: Counter[str] = Counter()
    numbered = []
    for period in sorted(periods, key=lambda each: each.window):
        seen[period.label] += 1
        turn = seen[period.label]
        numbered.append(period if turn == 1 else replace(period, label=f"{period.label}.{turn}"))
    return numbered


def _unit(rhythm: Rhythm) -> tuple[Per, int, int]:
    """The period and how often in it: twice a year is once in each half, four times once in each quarter."""
    if rhythm.per is Per.YEAR and rhythm.every == 1 and rhythm.count == rhythm.up_to:
        finer = {2: Per.HALF, 4: Per.QUARTER, 12: Per.MONTH}.get(rhythm.count)
        if finer is not None:
            return finer, 1, 1
    return rhythm.per, rhythm.count, rhythm.up_to


def _joined(listed: list[Period]) -> list[Period]:
    """Stretches that follow each other without a gap, as one: rhythms do not begin anew at a turn of the year."""
    joined: list[Period] = []
    for period in listed:
        if joined and period.window.start == joined[-1].window.end + timedelta(days=1):
            joined[-1] = replace(joined[-1], window=Window(joined[-1].window.start, period.window.end))
        else:
            joined.append(period)
    return joined


def _is_short(part: Part) -> bool:
    return isinstance(part, Days) or (isinstance(part, Slot) and part.is_month)


def _is_whole(part: Part) -> bool:
    """Whether it names no months of its own, or where they begin alone."""
    return isinstance(part, Throughout | Since) or (isinstance(part, Slot) and part.is_year)


def _is_year(window: Window) -> bool:
    return (window.start.month, window.start.day, window.end.month, window.end.day) == (1, 1, 12, 31)


def _months(window: Window) -> int:
    """Calendar months that the window touches."""
    return (window.end.year - window.start.year) * 12 + window.end.month - window.start.month + 1
