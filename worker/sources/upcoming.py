"""What the plan holds after this occurrence, for "co nás čeká"."""

from __future__ import annotations

from datetime import date, timedelta

from worker.plan.model import Occurrence
from worker.sources.base import JSON, Source, SourceContext
from worker.times import local_day

AHEAD = timedelta(days=397)
"""A year and a month: a yearly newsletter names the next one even when its day moves."""


class Upcoming(Source):
    """Occurrences whose day lies after this one's, within a year and a month, in order of time.

    Only of rows that say whom they are for: without a target group it is a task within the office, nothing to
    announce. Without any, `reason` is the message key that says why.
    """

    id = "upcoming"

    def gather(self, context: SourceContext) -> JSON:
        """`day` is null where an occurrence has no send day; `assumed` says that the plan does not name the day."""
        reference = local_day(context.occurrence.send_at or context.now)
        following = [
            occurrence
            for occurrence in context.plan_occurrences
            if occurrence.id != context.occurrence.id
            and occurrence.dropped is None
            and context.plan.activity(occurrence.activity_id).as_written.target
            and reference < _day(occurrence) <= reference + AHEAD
        ]
        return {
            "items": [self._item(context, occurrence) for occurrence in sorted(following, key=_order)],
            "reason": None if following else "drafting.nothing_upcoming",
        }

    def _item(self, context: SourceContext, occurrence: Occurrence) -> JSON:
        written = context.plan.activity(occurrence.activity_id).as_written
        return {
            "occurrence": occurrence.id,
            "activity_id": occurrence.activity_id,
            "activity": written.activity,
            "target": written.target,
            "topic": written.topic,
            "window": {"from": occurrence.window.start.isoformat(), "to": occurrence.window.end.isoformat()},
            "day": local_day(occurrence.send_at).isoformat() if occurrence.send_at else None,
            "assumed": occurrence.assumed,
        }


def _day(occurrence: Occurrence) -> date:
    return local_day(occurrence.send_at) if occurrence.send_at else occurrence.window.start


def _order(occurrence: Occurrence) -> tuple[date, str]:
    return _day(occurrence), occurrence.id
