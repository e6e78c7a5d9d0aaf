"""Plans made up at random over ten years: the file as a coordinator would write it, and what it was meant to say.

Days that are hard to get right come often: clock changes, 29 February, day 31, week 53, holidays, the turn of a year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random

from tests.unit.plan.oracle import DAY, Except, Hang, Row, Rule, Turn, easter_sunday
from worker.plan.words.phrases import MONTHS

YEARS = 10
WEEKDAYS = ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle")
HOURS = ("10:00", "8:30", "11:59", "12:00", "14:00", "2:30", "2:00", "3:00", "0:00", "23:59")
MODES = ("next", "previous", "skip", "keep")
NOMINATIVE = tuple(names[0] for names in MONTHS)
GENITIVE = tuple(names[:2][-1] for names in MONTHS)


@dataclass(frozen=True)
class Generated:
    """`really`: the days that some occurrences truly had."""

    text: str
    rows: list[Row]
    really: dict[str, date]


def generate(seed: int) -> Generated:
    """The plan number `seed`, the same every time."""
    random = Random(seed)
    first = random.randint(2016, 2040)
    start, end = date(first, 1, 1), date(first + YEARS - 1, 12, 31)
    made = [_own_row(f"r{n}", random, start, end) for n in range(random.randint(2, 3))]
    for n in range(random.randint(1, 3)):
        made.append(_anchored_row(f"a{n}", random, start, end, made))
    rows = [row for row, _ in made]
    body = "".join(text + _exceptions(row) + _deadlines(row) for row, text in made)
    head = f"plan: {{title: Zkouška, from: {start}, to: {end}}}\ndefaults: {{in_charge: koordinator}}\nactivities:\n"
    really = {
        f"{row.id}/{turn.label}": _near(random, turn.last, 40)
        for row in rows
        for turn in row.turns
        if random.random() < 0.1
    }
    return Generated(head + body, rows, really)


def _text(row_id: str, when: str, periodicity: str, rule: str, more: str = "") -> str:
    return (
        f"  - id: {row_id}\n    when: {when}\n    periodicity: {periodicity}\n    activity: Zpráva\n    place: řádek\n"
        f"{rule}{more}"
    )


def _own_row(row_id: str, random: Random, start: date, end: date) -> tuple[Row, str]:
    form = random.choice((_months, _months, _range, _calendar, _calendar, _weeks, _parts, _thinned, _entered))
    when, periodicity, more, turns = form(random, start, end)
    rule, text = _weekly_rule(random) if form is _weeks else _rule(random)
    row = Row(
        row_id, rule, tuple(turns), exceptions=_some_exceptions(random, [each.label for each in turns], start, end)
    )
    if random.random() < 0.5:
        some = random.sample(turns, min(len(turns), 6))
        row = replace(row, deadlines={turn.label: _near(random, turn.first, 60) for turn in some})
    return row, _text(row_id, when, periodicity, text, more)


def _anchored_row(row_id: str, random: Random, start: date, end: date, made: list[tuple[Row, str]]) -> tuple[Row, str]:
    working = random.random() < 0.4
    days = random.choice((0, 1, 2, 3, 5, 7, 10, 14, 30)) * random.choice((1, -1))
    issues = [row for row, _ in made if row.deadlines]
    if issues and random.random() < 0.4:
        base = random.choice(issues)
        rule, text = _rule(random)
        when, periodicity, more, turns = _calendar(random, start, end)
        row = Row(row_id, rule, tuple(turns), Hang(-abs(days) or -1, working, base.id, deadline=True))
        words = _lead(row.hang, f"uzávěrkou {base.id}")
        return row, _text(row_id, when, periodicity, text, f"    anchor: {words}\n{more}")
    rule, text = _rule(random, counted=True)
    if random.random() < 0.3:
        day = _hard_day(random, start, end)
        hang = Hang(days, working, day=day)
        words, labels = _lead(hang, f"{day.day}. {day.month}. {day.year}"), [day.isoformat()]
    else:
        base = random.choice([row for row, _ in made])
        hang = Hang(days, working, base.id)
        words, labels = _lead(hang, base.id), []
        while base.hang is not None and not base.hang.deadline and base.hang.row:
            base = next(row for row, _ in made if row.id == base.hang.row)
        labels = [turn.label for turn in base.turns]
        if base.hang is not None and base.hang.day is not None:
            labels = [base.hang.day.isoformat()]
    row = Row(row_id, rule, hang=hang, exceptions=_some_exceptions(random, labels, start, end))
    return row, _text(row_id, "''", "''", text, f"    anchor: {words}\n")


def _lead(hang: Hang | None, base: str) -> str:
    assert hang is not None
    if hang.days == 0:
        return f"v den {base}"
    unit = "pracovních dní" if hang.working else "dní"
    return f"{abs(hang.days)} {unit} {'po' if hang.days > 0 else 'před'} {base}"


def _rule(random: Random, *, counted: bool = False) -> tuple[Rule, str]:
    """A send rule and the lines that say it; a row that is counted from another names no day."""
    hour, mode = random.choice(HOURS), random.choice(MODES)
    forms = (_no_day, _weekday, _weekday, _working_day, _day_of_month, _day_of_year)
    rule, words = (_no_day if counted else random.choice(forms))(random)
    rule = replace(rule, at=time.fromisoformat(hour.zfill(5)), mode=mode)
    day = f"day: {words}, " if words else ""
    return rule, f'    send: {{{day}time: "{hour}", holidays: {mode}}}\n'


def _weekly_rule(random: Random) -> tuple[Rule, str]:
    """Mostly a weekday alone, or none; now and then a day of the month, which most weeks do not have."""
    if random.random() < 0.2:
        rule, text = _rule(random)
        if "day:" in text:
            return rule, text
    rule, text = _rule(random, counted=True)
    weekday = random.choice((None, 1, 2, 3, 4, 5, 6, 7))
    if weekday is None:
        return replace(rule, what="each week"), text
    named = text.replace("{", f"{{day: {WEEKDAYS[weekday - 1]}, ")
    return replace(rule, what="each week", weekday=weekday, assumed=False), named


def _no_day(random: Random) -> tuple[Rule, str]:
    return Rule(), ""


def _weekday(random: Random) -> tuple[Rule, str]:
    number, weekday = random.choice((1, 2, 3, 4, -1, -1)), random.choice((1, 2, 3, 4, 5, 6, 7, 7))
    ordinal = "poslední" if number < 0 else f"{number}."
    return Rule("weekday", number, weekday, assumed=False), f"{ordinal} {WEEKDAYS[weekday - 1]}"


def _working_day(random: Random) -> tuple[Rule, str]:
    number = random.choice((1, 2, 3, 4, -1))
    return Rule("working", number, assumed=False), f"{'poslední' if number < 0 else f'{number}.'} pracovní den"


def _day_of_month(random: Random) -> tuple[Rule, str]:
    number = random.choice((*range(1, 31), *[31] * 20))
    return Rule("month", number, assumed=False), f"{number}."


def _day_of_year(random: Random) -> tuple[Rule, str]:
    month, number = random.choice(
        (*[(2, 29)] * 6, (12, 31), (12, 24), (1, 1), (11, 17), (random.randint(1, 12), random.randint(1, 28)))
    )
    return Rule("year", number, month=month, assumed=False), f"{number}. {GENITIVE[month - 1]}"


Form = tuple[str, str, str, list[Turn]]
"""When, periodicity, further lines, and the turns they come to."""


def _grouped(first: date, last: date, label: Callable[[date], str]) -> list[Turn]:
    """The days of a span, those of one label together."""
    found: dict[str, list[date]] = {}
    for n in range((last - first).days + 1):
        found.setdefault(label(first + DAY * n), []).append(first + DAY * n)
    return [Turn(name, days[0], days[-1]) for name, days in found.items()]


def _span(random: Random, start: date, end: date) -> tuple[int, int]:
    first, last = sorted((random.randint(start.year, end.year), random.randint(start.year, end.year)))
    return first, last


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _months(random: Random, start: date, end: date) -> Form:
    first, last = _span(random, start, end)
    months = sorted(random.sample(range(1, 13), random.randint(1, 3)))
    if random.random() < 0.3:
        months = sorted({2, 3, 10, 12})
    days = _grouped(date(first, 1, 1), date(last, 12, 31), lambda day: f"{day.year}-{day.month:02}")
    turns = [turn for turn in days if turn.first.month in months]
    return f"{', '.join(NOMINATIVE[month - 1] for month in months)} {_years(first, last)}", "''", "", turns


def _range(random: Random, start: date, end: date) -> Form:
    first, last = _span(random, start, end)
    low, high = sorted(random.sample(range(1, 13), 2))
    if (low, high) == (1, 12):
        high = 11
    turns = [turn for year in range(first, last + 1) for turn in _grouped_months(year, low, high, str(year))]
    return f"{NOMINATIVE[low - 1]}–{NOMINATIVE[high - 1]} {_years(first, last)}", "''", "", turns


def _grouped_months(year: int, low: int, high: int, label: str) -> list[Turn]:
    days = [day for n in range(366) if low <= (day := date(year, 1, 1) + DAY * n).month <= high and day.year == year]
    return [Turn(label, days[0], days[-1])]


def _calendar(random: Random, start: date, end: date) -> Form:
    first, last = _span(random, start, end)
    periodicity, label = random.choice(
        (
            ("1x za ½ roku", lambda day: f"{day.year}-H{(day.month + 5) // 6}"),
            ("čtvrtletně", lambda day: f"{day.year}-Q{(day.month + 2) // 3}"),
            ("měsíčně", lambda day: f"{day.year}-{day.month:02}"),
            ("1x ročně", lambda day: str(day.year)),
        )
    )
    return _years(first, last), periodicity, "", _grouped(date(first, 1, 1), date(last, 12, 31), label)


def _weeks(random: Random, start: date, end: date) -> Form:
    """ISO weeks; a week belongs to the years in which its Thursday lies, and its days to the plan."""
    first, last = _span(random, start, end)
    last = min(last, first + 2)
    days = (start + DAY * n for n in range((end - start).days + 1))
    wanted = [day for day in days if first <= (day + DAY * (4 - day.isoweekday())).year <= last]
    turns = _grouped_days(wanted, lambda day: "{}-W{:02}".format(*day.isocalendar()))
    return _years(first, last), "1x týdně", "", turns


def _grouped_days(days: list[date], label: Callable[[date], str]) -> list[Turn]:
    found: dict[str, list[date]] = {}
    for day in days:
        found.setdefault(label(day), []).append(day)
    return [Turn(name, each[0], each[-1]) for name, each in found.items()]


def _parts(random: Random, start: date, end: date) -> Form:
    """Two a year and a third that may be: equal thirds of the year."""
    first, last = _span(random, start, end)
    turns = []
    for year in range(first, last + 1):
        for number, low in enumerate((1, 5, 9), start=1):
            label = str(year) if number == 1 else f"{year}.{number}"
            turns += [replace(turn, optional=number == 3) for turn in _grouped_months(year, low, low + 3, label)]
    return _years(first, last), "2–3x ročně", "", turns


def _thinned(random: Random, start: date, end: date) -> Form:
    first, last = start.year, end.year
    month, every = random.randint(1, 12), random.choice((2, 3))
    turns = [_grouped_months(year, month, month, f"{year}-{month:02}")[0] for year in range(first, last + 1, every)]
    return f"{NOMINATIVE[month - 1]} {_years(first, last)}", f"1x za {every} roky", "", turns


def _entered(random: Random, start: date, end: date) -> Form:
    days = sorted({_hard_day(random, start, end) for _ in range(random.randint(1, 12))})
    turns = [Turn(day.isoformat(), day, day, entered=True) for day in days]
    return "''", "dle plánu zasedání", f"    dates: [{', '.join(map(str, days))}]\n", turns


def _hard_day(random: Random, start: date, end: date) -> date:
    year = random.randint(start.year, end.year)
    march, october = (
        max(day for n in range(31) if (day := date(year, month, 1) + DAY * n).isoweekday() == 7) for month in (3, 10)
    )
    leap = date(year, 3, 1) - DAY
    hard = (march, october, leap, date(year, 12, 31), date(year, 1, 1), date(year, 11, 17), easter_sunday(year) + DAY)
    return random.choice((*hard, date(year, 1, 1) + DAY * random.randrange(365)))


def _near(random: Random, day: date, most: int) -> date:
    return day + timedelta(days=random.randint(-most // 4, most))


def _some_exceptions(random: Random, labels: list[str], start: date, end: date) -> dict[str, Except]:
    found: dict[str, Except] = {}
    for label in random.sample(labels, min(len(labels), random.choice((0, 0, 1, 2, 4)))):
        if random.random() < 0.4:
            found[label] = Except(None)
        else:
            hour = random.choice((None, time(9), time(2, 30)))
            found[label] = Except(_hard_day(random, start, end), hour)
    return found


def _exceptions(row: Row) -> str:
    lines = []
    for label, choice in row.exceptions.items():
        hour = f', time: "{choice.at.hour}:{choice.at.minute:02}"' if choice.at else ""
        day = choice.day
        what = f"move: {day.day}. {day.month}. {day.year}{hour}, why: x" if day else "drop: nekoná se"
        lines.append(f"      {label}: {{{what}}}\n")
    return f"    exceptions:\n{''.join(lines)}" if lines else ""


def _deadlines(row: Row) -> str:
    return f"    deadlines: {{{', '.join(f'{k}: {v}' for k, v in row.deadlines.items())}}}\n" if row.deadlines else ""
