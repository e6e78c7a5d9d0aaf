"""What becomes of an occurrence on the first start, when part of the plan's time is already over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from worker.plan.model import Occurrence, Window
from worker.times import PRAGUE, is_working_day, local_day, local_instant, public_holidays

NOON = time(12, 0)
FRIDAY = 4


class FirstState(StrEnum):
    """The two states an occurrence may begin in."""

    PLANNED = "planned"
    HISTORICAL = "historical"


@dataclass(frozen=True)
class Settled:
    """`already_due`: its assumed day had passed, so the coordinator is asked once whether it was already done."""

    state: FirstState
    send_at: datetime | None
    already_due: bool


def settle(occurrence: Occurrence, now: datetime) -> Settled:
    """State and send time of `occurrence` when the worker starts for the first time at `now` (aware)."""
    if occurrence.window.end < local_day(now):
        return Settled(FirstState.HISTORICAL, occurrence.send_at, already_due=False)
    if occurrence.send_at is None or not occurrence.assumed or occurrence.send_at > now:
        return Settled(FirstState.PLANNED, occurrence.send_at, already_due=False)
    at = occurrence.send_at.astimezone(PRAGUE).time()
    moved = _last_working_instant(occurrence.window, at, now)
    return Settled(FirstState.PLANNED, moved or occurrence.send_at, already_due=True)


def is_safe(day: date, at: time) -> bool:
    """Whether news sent then is read: not on a Friday afternoon, on the eve of a holiday, or from 23 Dec to 2 Jan."""
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2):
        return False
    tomorrow = day + timedelta(days=1)
    return tomorrow not in public_holidays(tomorrow.year) and not (day.weekday() == FRIDAY and at >= NOON)


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
