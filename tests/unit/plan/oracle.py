"""What docs/time.md says, worked out again by other means: tables of days, nothing of ours, no library of holidays.

Slow and plain on purpose. A day is looked for by going through the days; an instant by going through the minutes of
UTC until a Prague clock shows what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
FIXED = ((1, 1), (5, 1), (5, 8), (7, 5), (7, 6), (9, 28), (10, 28), (11, 17), (12, 24), (12, 25), (12, 26))


@cache
def easter_sunday(year: int) -> date:
    """The Gregorian rule, in the form of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    moon = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + moon - 7 * ((a + 11 * h + 22 * moon) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def is_holiday(day: date) -> bool:
    """Act No. 245/2000 Coll. as it is since 2016, when Good Friday came."""
    return (day.month, day.day) in FIXED or day - easter_sunday(day.year) in (-2 * DAY, DAY)


@cache
def is_working(day: date) -> bool:
    return day.isoweekday() <= 5 and not is_holiday(day)


@cache
def is_allowed(day: date, afternoon: bool) -> bool:
    """Whether news may go out on `day`; `afternoon` is from 12:00 on."""
    turn = (day.month == 12 and day.day >= 23) or (day.month == 1 and day.day <= 2)
    return is_working(day) and not turn and not (day.isoweekday() == 5 and afternoon)


@cache
def instant(day: date, at: time) -> datetime:
    """The first minute of UTC at which Prague shows `day` and `at`, or anything later."""
    wanted = datetime.combine(day, at)
    minute = (wanted - timedelta(hours=2)).replace(tzinfo=UTC)  # Prague is never further ahead
    while minute.astimezone(ZoneInfo("Europe/Prague")).replace(tzinfo=None) < wanted:
        minute += timedelta(minutes=1)
    return minute


@dataclass(frozen=True)
class Rule:
    """The send day in words of its own: `what` is weekday, each week, working, month or year."""

    what: str = "weekday"
    number: int = 2
    weekday: int = 2
    """From Monday = 1."""
    month: int = 0
    at: time = time(10)
    mode: str = "next"
    assumed: bool = True


@dataclass(frozen=True)
class Hang:
    """An anchor: `days` (negative: before), counted in working days if `working`, from a row, its deadlines, a day."""

    days: int
    working: bool
    row: str = ""
    deadline: bool = False
    day: date | None = None


@dataclass(frozen=True)
class Turn:
    """A period: its days and whether the plan is kept without it."""

    label: str
    first: date
    last: date
    optional: bool = False
    entered: bool = False


@dataclass(frozen=True)
class Except:
    """Dropped when `day` is None."""

    day: date | None
    at: time | None = None


@dataclass(frozen=True)
class Row:
    """One row as it was meant."""

    id: str
    rule: Rule
    turns: tuple[Turn, ...] = ()
    hang: Hang | None = None
    deadlines: Mapping[str, date] = field(default_factory=dict)
    exceptions: Mapping[str, Except] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """An occurrence as the rules have it; `send_at` None: it is left out."""

    first: date
    last: date
    send_at: datetime | None
    assumed: bool
    optional: bool
    base: str | None
    day: date
    """Its day, also when it is left out."""


def nearby(day: date, step: int) -> list[date]:
    """`day` and the two months behind or before it."""
    return [day + DAY * n * step for n in range(62)]


def moved(day: date, at: time, mode: str) -> date:
    if mode in ("skip", "keep"):
        return day
    return next(each for each in nearby(day, 1 if mode == "next" else -1) if is_allowed(each, at >= time(12)))


def week_of(day: date) -> list[date]:
    """Its days, from Monday on."""
    around = [day + DAY * n for n in range(-6, 7)]
    return [each for each in around if each.isocalendar()[:2] == day.isocalendar()[:2]]


def named(turn: Turn, rule: Rule) -> date:
    """The day the rule names in the last month of the turn, or of the year for a day of the year."""
    year, month = turn.last.year, turn.last.month
    days = [day for n in range(31) if (day := date(year, month, 1) + DAY * n).month == month]
    if rule.what == "each week":
        return next(day for day in week_of(turn.last) if day.isoweekday() == rule.weekday)
    if rule.what == "weekday":
        days = [day for day in days if day.isoweekday() == rule.weekday]
        return days[rule.number if rule.number < 0 else rule.number - 1]
    if rule.what == "working":
        days = [day for day in days if is_working(day)]
        return days[rule.number if rule.number < 0 else rule.number - 1]
    if rule.what == "month":
        return days[min(rule.number, len(days)) - 1]
    found = []
    for each in range(turn.first.year, year + 1):
        of_month = [day for n in range(31) if (day := date(each, rule.month, 1) + DAY * n).month == rule.month]
        found.append(of_month[min(rule.number, len(of_month)) - 1])
    inside = [day for day in found if turn.first <= day <= turn.last]
    return inside[-1] if inside else found[-1]


def by_rule(turn: Turn, rule: Rule, at: time) -> date:
    day = named(turn, rule)
    thursdays = [each for each in week_of(day) if each.isoweekday() == 4 and turn.first <= each <= turn.last]
    if rule.what == "each week" and not turn.first <= day <= turn.last and thursdays:
        day = thursdays[0]
    day = moved(day, at, rule.mode)
    if turn.first <= day <= turn.last:
        return day
    inside = [turn.first + DAY * n for n in range((turn.last - turn.first).days + 1)]
    return max(inside, key=lambda each: (is_allowed(each, at >= time(12)), is_working(each), each))


def counted(base: date, hang: Hang, at: time, mode: str) -> date:
    """The day so many days from `base`, never moved onto `base` or to its other side."""
    if hang.working and hang.days:
        step = 1 if hang.days > 0 else -1
        days = [day for n in range(1, 200) if is_working(day := base + DAY * n * step)]
        raw = days[abs(hang.days) - 1]
    else:
        raw = base + DAY * hang.days
    if mode in ("skip", "keep"):
        return raw
    around = sorted({*nearby(raw, 1), *nearby(raw, -1)})
    fit = [day for day in around if is_allowed(day, at >= time(12))]
    if hang.days > 0:
        fit = [day for day in fit if day > base]
    elif hang.days < 0:
        fit = [day for day in fit if day < base]
    following, before = [day for day in fit if day >= raw], [day for day in fit if day <= raw]
    wanted, other = (following[:1], before[-1:]) if mode == "next" else (before[-1:], following[:1])
    return (wanted or other)[0]


def by_deadline(turn: Turn, base: date, hang: Hang, at: time, mode: str) -> date | None:
    if not turn.first <= base <= turn.last:
        return None
    day = counted(base, hang, at, mode)
    if turn.first <= day <= turn.last:
        return day
    between = [
        day for n in range((base - turn.first).days + 1) if is_allowed(day := turn.first + DAY * n, at >= time(12))
    ]
    return between[0] if between else base


def expected(rows: list[Row], really: Mapping[str, date]) -> dict[str, Expected]:
    """Every occurrence by id. `rows` stand behind what they hang on; `really`: days that occurrences truly had."""
    found: dict[str, Expected] = {}
    held: dict[str, list[str]] = {}
    deadlines = {row.id: row.deadlines for row in rows}
    for row in rows:
        hang = row.hang
        if hang is None or hang.deadline:
            places = [(turn, _own_day(row, turn, found, deadlines)) for turn in row.turns]
        elif hang.day is not None:
            places = [(Turn(hang.day.isoformat(), hang.day, hang.day), (None, hang.day, False))]
        else:
            places = []
            for base_id in held[hang.row]:
                base, label = found[base_id], base_id.split("/")[1]
                day = really.get(base_id, base.day)
                places.append(
                    (Turn(label, day, day, base.optional), (base_id, day, base.assumed and base_id not in really))
                )
        held[row.id] = []
        for turn, (base_of, day, assumed) in places:
            name = f"{row.id}/{turn.label}"
            found[name] = _occurrence(row, turn, base_of, day, assumed, found)
            held[row.id].append(name)
    return found


def _own_day(
    row: Row, turn: Turn, found: Mapping[str, Expected], deadlines: Mapping[str, Mapping[str, date]]
) -> tuple[str | None, date, bool]:
    at = _hour(row, turn.label)
    if row.hang is not None:
        known = {f"{row.hang.row}/{label}": day for label, day in deadlines[row.hang.row].items()}
        for base in sorted(
            (each for each in found if each in known), key=lambda each: (known[each], found[each].first)
        ):
            day = by_deadline(turn, known[base], row.hang, at, row.rule.mode)
            if found[base].send_at is not None and day is not None:
                return base, day, False
    if turn.entered:
        return None, turn.first, False
    return None, by_rule(turn, row.rule, at), row.rule.assumed


def _occurrence(
    row: Row, turn: Turn, base: str | None, day: date, assumed: bool, found: Mapping[str, Expected]
) -> Expected:
    at = _hour(row, turn.label)
    chained = row.hang is not None and not row.hang.deadline
    if chained and row.hang is not None:
        day = counted(day, row.hang, at, row.rule.mode)
    left_out = row.rule.mode == "skip" and not turn.entered and not is_allowed(day, at >= time(12))
    if chained and base is not None and found[base].send_at is None:
        left_out = True
    choice = row.exceptions.get(turn.label)
    if choice is not None:
        left_out = choice.day is None
        if choice.day is not None:
            day, assumed = choice.day, False
    first, last = (day, day) if chained else (turn.first, turn.last)
    send_at = None if left_out else instant(day, at)
    return Expected(first, last, send_at, assumed, turn.optional, base, day)


def _hour(row: Row, label: str) -> time:
    choice = row.exceptions.get(label)
    return (choice.at if choice else None) or row.rule.at
