"""The turn of a rhythm that a day lies in, and when it nears its end. For rows without dates of their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from worker.plan.model import Per, Period, Watch, Window
from worker.plan.stages import WORK_BEGINS
from worker.plan.turns import Calendar
from worker.times import add_working_days, local_instant, previous_working_day

THURSDAY = 3
DAYS_AHEAD = 5
"""Working days before its end at which a month or a longer turn is nearly over."""


def watch_turn(watch: Watch, day: date, span: Window) -> Period:
    """The turn that holds `day`, cut to `span`, the plan's days, from whose first the turns are counted.

    Its label is that of the first of the `every` periods it is made of.
    """
    calendar = Calendar(span)
    first = calendar.index(span.start, watch.per)
    index = first + (calendar.index(day, watch.per) - first) // watch.every * watch.every
    block = calendar.period(watch.per, index, watch.every)
    return Period(block.label, Window(max(block.window.start, span.start), min(block.window.end, span.end)))


def nearly_over(watch: Watch, turn: Period) -> datetime:
    """When the turn nears its end (UTC): its last Thursday for weeks, five working days before the end otherwise.

    At the beginning of working hours, and on the working day before when nobody works on that Thursday.
    """
    end = turn.window.end
    if watch.per is Per.WEEK:
        day = previous_working_day(end - timedelta(days=(end.weekday() - THURSDAY) % 7))
    else:
        day = add_working_days(end, -DAYS_AHEAD)
    return local_instant(max(day, turn.window.start), WORK_BEGINS)
