"""What this occurrence is written for: the one its day is counted from, such as the meeting that it invites to."""

from __future__ import annotations

from worker.plan.model import Occurrence
from worker.sources.base import JSON, Earlier, Source, SourceContext
from worker.times import PRAGUE, local_day


class Occasion(Source):
    """The occurrence that this one's day is counted from, with what was written for it.

    `id` is null for one that counts from nothing. `day` and `time` are null unless they are settled: a day or an hour
    that only we assume is nothing to invite anybody to. `window` are the days it lies in. `texts` are the parts of its
    newest version, kind → field → text, so that a reminder says what the call said.
    """

    id = "occasion"

    def gather(self, context: SourceContext) -> JSON:
        base_id = context.occurrence.anchored_to
        planned = next((each for each in context.plan_occurrences if each.id == base_id), None)
        if base_id is None or planned is None:
            return {"id": None, "activity": "", "topic": "", "window": None, "day": None, "time": None, "texts": {}}
        activity = context.plan.activity(planned.activity_id)
        known = context.earlier(base_id) or _as_planned(planned)
        local = known.send_at.astimezone(PRAGUE) if known.send_at and known.settled else None
        hour = local if local is not None and not (activity.send_assumed and planned.send_at == known.send_at) else None
        return {
            "id": base_id,
            "activity": activity.as_written.activity,
            "topic": activity.as_written.topic,
            "window": {"from": planned.window.start.isoformat(), "to": planned.window.end.isoformat()},
            "day": local_day(local).isoformat() if local else None,
            "time": f"{hour:%-H:%M}" if hour else None,
            "texts": {kind: dict(fields) for kind, fields in known.fields.items()},
        }


def _as_planned(occurrence: Occurrence) -> Earlier:
    """Before anything was started there is only the plan."""
    return Earlier(occurrence.id, "", occurrence.send_at, not occurrence.assumed, {}, {}, None)
