"""The days and hours at which nothing goes out by itself, because nobody would read it."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import Enum

from worker.plan.model import Window
from worker.times import public_holidays

NOON = time(12, 0)
FRIDAY, SATURDAY = 4, 5
TURN_BEGINS, TURN_ENDS = (12, 23), (1, 2)
"""Month and day between which a year turns, both included."""


class Quiet(Enum):
    """Why a time is quiet. The value ends the keys of its sentences."""

    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    TURN_OF_YEAR = "turn_of_year"
    FRIDAY_AFTERNOON = "friday_afternoon"


def quiet(day: date, at: time) -> Quiet | None:
    """Why `day` at `at` (Prague) is quiet, the first of the reasons that holds; None when news may go out."""
    if day in public_holidays(day.year):
        return Quiet.HOLIDAY
    if day.weekday() >= SATURDAY:
        return Quiet.WEEKEND
    if (day.month, day.day) >= TURN_BEGINS or (day.month, day.day) <= TURN_ENDS:
        return Quiet.TURN_OF_YEAR
    if day.weekday() == FRIDAY and at >= NOON:
        return Quiet.FRIDAY_AFTERNOON
    return None


def next_allowed(day: date, at: time) -> date:
    """`day` itself when news may go out on it at `at`, otherwise the first such day after it."""
    while quiet(day, at):
        day += timedelta(days=1)
    return day


def previous_allowed(day: date, at: time) -> date:
    """`day` itself when news may go out on it at `at`, otherwise the last such day before it."""
    while quiet(day, at):
        day -= timedelta(days=1)
    return day


def last_allowed(window: Window, at: time) -> date | None:
    """The last day of the window on which news may go out at `at`."""
    day = previous_allowed(window.end, at)
    return day if day in window else None


def is_eve(day: date) -> bool:
    """Whether the next day is a public holiday."""
    tomorrow = day + timedelta(days=1)
    return tomorrow in public_holidays(tomorrow.year)
