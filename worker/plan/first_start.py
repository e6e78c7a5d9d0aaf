"""What becomes of an occurrence on the first start, when part of the plan's time is already over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    """`already_due`: its assumed day had passed, so the coordinator is asked once whether it was already done."""

    state: FirstState
    send_at: datetime | None
    already_due: bool


def settle(occurrence: Occurrence, now: datetime) -> Settled:
    """State and send time of `occurrence` when the worker starts for the first time at `now` (aware)."""
    if occurrence.dropped is not None:
        return Settled(FirstState.DROPPED, None, already_due=False)
    if _last_day(occurrence) < local_day(now):
        return Settled(FirstState.HISTORICAL, occurrence.send_at, already_due=False)
    if occurrence.send_at is None or not occurrence.assumed or occurrence.send_at > now:
        return Settled(FirstState.PLANNED, occurrence.send_at, already_due=False)
    at = occurrence.send_at.astimezone(PRAGUE).time()
    moved = _last_working_instant(occurrence.window, at, now)
    return Settled(FirstState.PLANNED, moved or occurrence.send_at, already_due=True)


def is_safe(day: date, at: time) -> bool:
    """Whether a day that we choose is a good one: no quiet time, and not the eve of a holiday."""
    return quiet(day, at) is None and not is_eve(day)


def _last_day(occurrence: Occurrence) -> date:
    """The end of its window, or the later day that a person chose for it."""
    if occurrence.send_at is None or occurrence.assumed:
        return occurrence.window.end
    return max(occurrence.window.end, local_day(occurrence.send_at))


def _last_working_instant(window: Window, at: time, now: datetime) -> datetime | None:
    """The last instant of the window ahead of `now` on a working day, a safe one when there is any."""
    fallback: datetime | None = None
    day = window.end
    while day >= max(window.start, local_day(now)):
        instant = local_instant(day, at)
        if is_working_day(day) and instant > now:
            if is_safe(day, at):
                return instant
            fallback = fallback or instant
        day -= timedelta(days=1)
    return fallback
