"""A draft that cannot be made, anew or at all: what the coordinator is told of it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection

from worker.notices import queue
from worker.office import Office
from worker.record import events


def tell(tx: Connection, office: Office, occurrence_id: str, reason: str, now: datetime) -> bool:
    """One mail to the coordinator for each `reason`; False when it was told before. The work is tried again."""
    key = f"draft-failed/{occurrence_id}/{hashlib.sha256(reason.encode()).hexdigest()[:16]}"
    told = queue.put(
        tx, key, "draft_failed", office.settings.coordinator, now, occurrence_id=occurrence_id, reason=reason
    )  # fmt: skip
    if told:
        events.append(tx, "draft.failed", now, occurrence=occurrence_id, reason=reason)
    return told
