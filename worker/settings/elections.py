"""`elections.yaml`: the elections round which news from an authority is read with other eyes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator

from worker.messages import say
from worker.settings.days import Day
from worker.settings.entries import read_optional
from worker.settings.faults import Id, Line, Strict

FILE = "elections.yaml"
DAYS_BEFORE = 16
"""How many days before the first day of an election count as near it where the file says nothing. The same length as
the time the Elections Act gives the parties on public radio and television (No. 247/1995 Coll., § 16); our choice."""
MOST_DAYS_BEFORE, LONGEST = 366, timedelta(days=31)


class Election(Strict):
    """One election, its days as Prague's calendar has them, both included. `note` says where they are from."""

    id: Id
    name: Line
    first_day: Day
    last_day: Day
    note: Line
    days_before: int = Field(default=DAYS_BEFORE, ge=0, le=MOST_DAYS_BEFORE)

    @field_validator("last_day")
    @classmethod
    def _in_order(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first_day")
        if first is not None and not first <= last <= first + LONGEST:
            raise ValueError(say("elections.bad_span", first=first, last=last, most=LONGEST.days))
        return last

    def is_near(self, day: date) -> bool:
        """Whether `day` is one of the election's days or of those counted before it."""
        return self.first_day - timedelta(days=self.days_before) <= day <= self.last_day

    def days(self) -> str:
        """`20.–21. 9. 2024`, `5. 6. 2024` or `30. 9. 2024 – 1. 10. 2024`, for a Czech sentence."""
        first, last = self.first_day, self.last_day
        start, end = (f"{day.day}. {day.month}. {day.year}" for day in (first, last))
        if first == last:
            return end
        return f"{first.day}.–{end}" if first.month == last.month else f"{start} – {end}"


def load_elections(config: Path) -> tuple[Election, ...]:
    """The elections in order of time; none when the file is missing or empty. InvalidFiles with every fault."""
    elections = read_optional(config / FILE, Election)
    return tuple(sorted(elections.values(), key=lambda each: (each.first_day, each.id)))


def elections_near(elections: Iterable[Election], day: date) -> list[Election]:
    """The elections that something sent on `day` (Prague) is near to."""
    return [each for each in elections if each.is_near(day)]
