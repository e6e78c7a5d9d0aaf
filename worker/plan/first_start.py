"""What becomes of an occurrence that the plan puts into the past: on the first start, or by a late edit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from worker.plan.model import Occurrence, Window
from worker.plan.quiet import is_eve, quiet
from worker.times import PRAGUE, is_working_day, local_day, local_instant


class FirstState(StrEnum):
    """The states an occurrence may begin in."""

    PLANNED = "planned"
    DROPPED = "dropped"
    HISTORICAL = "historical"


@dataclass(frozen=True)
class Settled:
    """`already_due`: the day that was not chosen by a person had passed, so the coordinator is told once."""

    state: FirstState
    send_at: datetime | None
    already_due: bool


def settle(occurrence: Occurrence, now: datetime, *, edited: bool = False) -> Settled:
    """State and send time of `occurrence` when it is met for the first time at `now` (aware).

    `edited`: an edit of the plan brings it while Hlasatel is at work, so it goes to the first day ahead, not the last.
    """
    if occurrence.dropped is not None:
        return Settled(FirstState.DROPPED, None, already_due=False)
    if _last_day(occurrence) < local_day(now):
        return Settled(FirstState.HISTORICAL, occurrence.send_at, already_due=False)
    if not is_overtaken(occurrence, now):
        return Settled(FirstState.PLANNED, occurrence.send_at, already_due=False)
    sooner = edited or occurrence.due_by is not None
    moved = first_ahead(occurrence, now) if sooner else _ahead(occurrence, now, latest_first=True)
    return Settled(FirstState.PLANNED, moved or occurrence.send_at, already_due=True)


def is_overtaken(occurrence: Occurrence, now: datetime) -> bool:
    """Whether its time is over, and was assumed or counted from an uzávěrka: no person chose that very day."""
    movable = occurrence.assumed or occurrence.due_by is not None
    return movable and occurrence.send_at is not None and occurrence.send_at <= now


def first_ahead(occurrence: Occurrence, now: datetime) -> datetime | None:
    """The first instant it may still have: in its window, by its uzávěrka, on a working day, a safe one if any."""
    return _ahead(occurrence, now, latest_first=False)


def is_safe(day: date, at: time) -> bool:
    """Whether a day that we choose is a good one: no quiet time, and not the eve of a holiday."""
    return quiet(day, at) is None and not is_eve(day)


def _last_day(occurrence: Occurrence) -> date:
    """The end of its window, or the later day that a person chose for it."""
    if occurrence.send_at is None or occurrence.assumed:
        return occurrence.window.end
    return max(occurrence.window.end, local_day(occurrence.send_at))


def _ahead(occurrence: Occurrence, now: datetime, *, latest_first: bool) -> datetime | None:
    """The last or first instant ahead of `now` on a working day of the window, a safe one when there is any."""
    assert occurrence.send_at is not None
    at = occurrence.send_at.astimezone(PRAGUE).time()
    first = max(occurrence.window.start, local_day(now))
    last = min(occurrence.window.end, occurrence.due_by or occurrence.window.end)
    fallback: datetime | None = None
    for day in sorted(Window(first, last).days(), reverse=latest_first):
        instant = local_instant(day, at)
        if is_working_day(day) and instant > now:
            if is_safe(day, at):
                return instant
            fallback = fallback or instant
    return fallback
