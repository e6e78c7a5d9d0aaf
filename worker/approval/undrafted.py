"""A draft that cannot be made, or not be approved before somebody writes its words: what the coordinator is told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting.make import Rendered
from worker.notices import queue
from worker.office import Office
from worker.record import events
from worker.times import format_instant


def tell(tx: Connection, office: Office, occurrence_id: str, reason: str, now: datetime) -> bool:
    """One mail to the coordinator for each `reason`; False when it was told before. The work is tried again."""
    key = f"draft-failed/{occurrence_id}/{hashlib.sha256(reason.encode()).hexdigest()[:16]}"
    told = queue.put(
        tx, key, "draft_failed", office.settings.coordinator, now, occurrence_id=occurrence_id, reason=reason
    )  # fmt: skip
    if told:
        events.append(tx, "draft.failed", now, occurrence=occurrence_id, reason=reason)
    return told


def ask_for_words(
    tx: Connection, office: Office, occurrence: Row[Any], package_id: int, rendered: Sequence[Rendered], now: datetime
) -> None:
    """Have the coordinator complete a fresh version that could not be approved, while it is not yet put to approval.

    Approvers are to read, not to write. A coordinator who approves herself completes it then: as its author she may not
    decide about it.
    """
    stops = [finding.message for each in rendered for finding in each.findings if finding.level == "error"]
    asked_at, coordinator = datetime.fromisoformat(occurrence.stages["ask"]), office.settings.coordinator
    if stops and now < asked_at and coordinator not in occurrence.approvers:
        queue.put(
            tx, f"words-wanted/{package_id}", "words_wanted", coordinator, now, occurrence_id=occurrence.id,
            package_id=package_id, missing="\n\n".join(stops),
            until=format_instant(asked_at, form="by"),
        )  # fmt: skip
