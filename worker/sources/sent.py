"""What reached the public since the activity's previous occurrence went out."""

from __future__ import annotations

from datetime import UTC, time

from worker.sources.base import JSON, Source, SourceContext
from worker.times import local_day, local_instant


class Sent(Source):
    """Earlier sendings of the period, oldest first; without any, `reason` is the message key that says why.

    The activity's own are left out: its readers had them.
    """

    id = "sent"

    def gather(self, context: SourceContext) -> JSON:
        """The first newsletter of a plan looks back to the plan's first day."""
        since = context.last_sent or local_instant(context.plan.window.start, time())
        earlier = [
            published
            for published in context.published(since, context.now)
            if not published.occurrence_id.startswith(f"{context.activity.id}/")
        ]
        return {
            "since": local_day(since).isoformat(),
            "until": local_day(context.now).isoformat(),
            "first": context.last_sent is None,
            "items": [
                {
                    "occurrence": published.occurrence_id,
                    "title": published.title,
                    "kind": published.kind,
                    "sent_at": published.sent_at.astimezone(UTC).isoformat(),
                    "day": local_day(published.sent_at).isoformat(),
                }
                for published in sorted(earlier, key=lambda item: (item.sent_at, item.occurrence_id, item.kind))
            ],
            "reason": None if earlier else "drafting.nothing_published",
        }
