"""What a correction corrects."""

from __future__ import annotations

from worker.sources.base import JSON, Source, SourceContext
from worker.times import local_day


class Original(Source):
    """The occurrence that this one corrects: its subject as it went out, and the day it did.

    `id` is null for an occurrence that corrects none, as in a preview of the kind.
    """

    id = "original"

    def gather(self, context: SourceContext) -> JSON:
        corrected = context.occurrence.corrects
        known = context.earlier(corrected) if corrected is not None else None
        if known is None:
            return {"id": None, "subject": "", "day": None}
        return {
            "id": known.occurrence_id,
            "subject": next(iter(known.subjects.values()), known.title),
            "day": local_day(known.sent_at).isoformat() if known.sent_at else None,
        }
