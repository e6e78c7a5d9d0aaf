"""What this occurrence is written for: the meeting that it invites to, the call that it reminds of."""

from __future__ import annotations

from datetime import timedelta

from worker.plan.model import Occurrence
from worker.sources.base import JSON, Earlier, Source, SourceContext
from worker.times import PRAGUE, local_day

SPAN = timedelta(days=27)
"""The shortest month is longer: what is shorter are days that a row names, not the month it says."""


class Occasion(Source):
    """The occurrence that this one's day is counted from, or, for one that a person added to a row, the row's next.

    `id` is null where there is neither. `day` and `time` are null unless they are settled: a day or an hour that only
    we assume is nothing to invite anybody to. `window` are the days it lies in, `last_day` the end of a span of days
    that the plan names for what the whole chain began with, such as a consultation's. `deadline` is the uzávěrka of an
    issue, null as long as the plan does not name it. `texts` are the parts of its newest version, kind → field → text,
    so that a reminder says what the call said.
    """

    id = "occasion"

    def gather(self, context: SourceContext) -> JSON:
        planned = _base(context)
        if planned is None:
            return {
                "id": None,
                "activity": "",
                "topic": "",
                "window": None,
                "last_day": None,
                "deadline": None,
                "day": None,
                "time": None,
                "texts": {},
            }
        activity = context.plan.activity(planned.activity_id)
        known = context.earlier(planned.id) or _as_planned(planned)
        local = known.send_at.astimezone(PRAGUE) if known.send_at and known.settled else None
        hour = local if local is not None and not (activity.send_assumed and planned.send_at == known.send_at) else None
        return {
            "id": planned.id,
            "activity": activity.as_written.activity,
            "topic": activity.as_written.topic,
            "window": {"from": planned.window.start.isoformat(), "to": planned.window.end.isoformat()},
            "last_day": _last_day(context, planned),
            "deadline": closing.isoformat() if (closing := activity.deadlines.get(planned.period)) else None,
            "day": local_day(local).isoformat() if local else None,
            "time": f"{hour:%-H:%M}" if hour else None,
            "texts": {kind: dict(fields) for kind, fields in known.fields.items()},
        }


def _base(context: SourceContext) -> Occurrence | None:
    own, rest = context.occurrence, context.plan_occurrences
    if own.anchored_to is not None or any(each.id == own.id for each in rest):
        return next((each for each in rest if each.id == own.anchored_to), None)
    day = local_day(own.send_at or context.now)
    ahead = [each for each in rest if each.activity_id == own.activity_id and each.window.end >= day]
    return min(ahead, key=lambda each: each.window, default=None)


def _last_day(context: SourceContext, base: Occurrence) -> str | None:
    by_id = {each.id: each for each in context.plan_occurrences}
    while base.anchored_to in by_id:
        base = by_id[base.anchored_to]
    window = base.window
    return window.end.isoformat() if timedelta(0) < window.end - window.start < SPAN else None


def _as_planned(occurrence: Occurrence) -> Earlier:
    """Before anything was started there is only the plan."""
    return Earlier(occurrence.id, "", occurrence.send_at, not occurrence.assumed, {}, {}, None)
