"""What a correction corrects."""

from __future__ import annotations

from datetime import datetime

from worker.sources.base import JSON, Source, SourceContext
from worker.times import PRAGUE, local_day


class Original(Source):
    """The occurrence that this one corrects: its subject as it went out, and the day it did.

    `embargo` is until when nobody may publish it, as a person types that; empty without one, and once it is over. `id`
    is null for an occurrence that corrects none, as in a preview of the kind.
    """

    id = "original"

    def gather(self, context: SourceContext) -> JSON:
        corrected = context.occurrence.corrects
        known = context.earlier(corrected) if corrected is not None else None
        if known is None:
            return {"id": None, "subject": "", "day": None, "embargo": ""}
        end = known.embargo
        return {
            "id": known.occurrence_id,
            "subject": next(iter(known.subjects.values()), known.title),
            "day": local_day(known.sent_at).isoformat() if known.sent_at else None,
            "embargo": _typed(end) if end is not None and context.now < end else "",
        }


def _typed(end: datetime) -> str:
    """`8. 12. 2026 12:00`; nothing for the last of all moments, which no calendar of ours reaches."""
    if end.year == datetime.max.year:
        return ""
    local = end.astimezone(PRAGUE)
    return f"{local.day}. {local.month}. {local.year} {local:%H:%M}"
