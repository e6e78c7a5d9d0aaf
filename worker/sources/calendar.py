"""Partners' dates ahead, for the "kalendář akcí" that the plan wants in its periodicals (000:365)."""

from __future__ import annotations

from datetime import timedelta

from worker.sources.base import JSON, CalendarDate, Source, SourceContext
from worker.times import local_day

AHEAD = timedelta(days=120)
"""How far a calendar of events looks: a quarter and the month in which an issue reaches its readers. Our assumption."""


class Calendar(Source):
    """Dates from the day on which the occurrence goes out; without any, `reason` is the message key that says why."""

    id = "calendar"

    def gather(self, context: SourceContext) -> JSON:
        """`items` in order of time; `at` is null for a whole day, `last_day` for one day, `address` may be empty."""
        since = local_day(context.occurrence.send_at or context.now)
        dates = context.dates(since, since + AHEAD)
        return {
            "from": since.isoformat(),
            "to": (since + AHEAD).isoformat(),
            "items": [_item(each) for each in dates],
            "reason": None if dates else "calendar.nothing_ahead",
        }


def _item(date: CalendarDate) -> JSON:
    return {
        "day": date.day.isoformat(),
        "last_day": date.last_day.isoformat() if date.last_day else None,
        "at": f"{date.at:%H:%M}" if date.at else None,
        "title": date.title,
        "place": date.place,
        "organiser": date.organiser,
        "address": date.address,
    }
