"""Plans made up at random against an oracle of their own (docs/time.md). `make test-time` tries 5,000 of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from tests.unit.plan.generated import Generated, generate
from tests.unit.plan.oracle import Expected, Row, expected, is_holiday
from worker.plan.model import Occurrence, Vocabulary
from worker.plan.occurrences import occurrences
from worker.plan.reading.load import FIRST_YEAR, LAST_YEAR, parse_plan
from worker.times import PRAGUE, public_holidays

PLANS = int(os.environ.get("TIME_PLANS", "160"))
PARTS = 4
ANY = Vocabulary(None, None, None)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_occurrence_falls_where_the_rules_say(part: int) -> None:
    met: Counter[str] = Counter()
    for seed in range(part, PLANS, PARTS):
        made = generate(seed)
        plan = parse_plan(made.text.encode(), "schedules.yaml", ANY)
        found = {each.id: _seen(each) for each in occurrences(plan, made.really)}
        meant = expected(made.rows, made.really)
        wanted = {name: _wanted(each) for name, each in meant.items()}
        pairs = {name: (found.get(name), wanted.get(name)) for name in found.keys() | wanted.keys()}
        wrong = [(name, pairs[name]) for name in sorted(pairs) if pairs[name][0] != pairs[name][1]]
        assert not wrong, f"plan {seed}: {wrong[:5]}\n{made.text}"
        met.update(_met(made, meant))
    missing = [name for name in HARD if not met[name]]
    assert not missing, f"never met: {missing}; met: {dict(met)}"


def test_the_library_of_holidays_agrees_with_the_law() -> None:
    for year in range(2016, 2060):
        days = {date(year, 1, 1) + timedelta(days=n) for n in range(366)}
        assert {day for day in days if day.year == year and is_holiday(day)} == public_holidays(year)


def test_every_year_that_a_plan_may_have_has_its_holidays() -> None:
    assert all(len(public_holidays(year)) in (12, 13) for year in range(FIRST_YEAR, LAST_YEAR + 2))


def _seen(occurrence: Occurrence) -> tuple[object, ...]:
    left_out = occurrence.dropped is not None
    assert left_out is (occurrence.send_at is None)
    return (
        occurrence.window.start, occurrence.window.end, occurrence.send_at, occurrence.assumed, occurrence.optional,
        occurrence.anchored_to,
    )  # fmt: skip


def _wanted(each: Expected) -> tuple[object, ...]:
    return each.first, each.last, each.send_at, each.assumed, each.optional, each.base


HARD = (
    "next", "previous", "skip", "keep", "skipped", "dropped", "moved", "chained", "deadline", "really", "optional",
    "spring night", "autumn night", "29 February", "28 February for 29", "day 31 in a shorter month", "week 53",
    "a holiday", "a Friday afternoon", "the turn of the year", "an entered holiday",
)  # fmt: skip
"""What every part must have met, so that it is known to have been tried."""


def _met(made: Generated, found: dict[str, Expected]) -> Iterator[str]:
    for row in made.rows:
        yield row.rule.mode
        if row.hang is not None:
            yield "deadline" if row.hang.deadline else "chained"
        for name, each in found.items():
            if name.startswith(f"{row.id}/"):
                yield from _met_by(row, name.partition("/")[2], each)
                if each.base in made.really and row.hang is not None and not row.hang.deadline:
                    yield "really"


def _met_by(row: Row, label: str, each: Expected) -> Iterator[str]:
    choice = row.exceptions.get(label)
    if choice is not None:
        yield "moved" if choice.day else "dropped"
    elif each.send_at is None:
        yield "skipped"
    if each.optional:
        yield "optional"
    if "W53" in label:
        yield "week 53"
    local = each.send_at.astimezone(PRAGUE) if each.send_at else None
    if local is None:
        return
    asked = (choice.at if choice else None) or row.rule.at
    if local.time() != asked:
        yield "spring night"
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        yield "autumn night"
    day = local.date()
    if (day.month, day.day) == (2, 29):
        yield "29 February"
    if (day.month, day.day) == (2, 28) and (row.rule.what, row.rule.number, row.rule.month) == ("year", 29, 2):
        yield "28 February for 29"
    if row.rule.what == "month" and row.rule.number == 31 and (day + timedelta(days=1)).day == 1 and day.day < 31:
        yield "day 31 in a shorter month"
    if is_holiday(day):
        yield "an entered holiday" if label == day.isoformat() else "a holiday"
    if day.isoweekday() == 5 and local.time() >= time(12):
        yield "a Friday afternoon"
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2):
        yield "the turn of the year"
