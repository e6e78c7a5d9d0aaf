"""The story of one occurrence as data, for a program: what happened, its mailings, and every place with its address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from worker.office import Office
from worker.record import places, progress, reach, signed
from worker.record.events import of_occurrence
from worker.record.why import told
from worker.store.tables import occurrences
from worker.times import rfc3339


def account(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> dict[str, Any] | None:
    """`occurrence`, `events`, `mailings`, `places`, `unreached`; None for one that the database does not know.

    Times are RFC 3339, `places` as in `status`, `unreached` the target groups that no text got to or still may.
    """
    row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).first()
    if row is None:
        return None
    made = signed.decided(tx, occurrence_id)
    return {
        "occurrence": row.id,
        "title": row.title,
        "state": row.state,
        "send_at": rfc3339(row.send_at) if row.send_at is not None else None,
        "events": [
            {"at": rfc3339(each.at), "kind": each.kind, "text": told(office, each, made)}
            for each in of_occurrence(tx, occurrence_id)
        ],
        "mailings": [
            {
                "kind": each.kind,
                "lists": list(each.mailing.lists),
                "state": each.standing,
                "began_at": rfc3339(each.mailing.frozen_at),
                "audience": each.mailing.audience,
                "deliveries": each.counts,
            }
            for each in progress.of_occurrence(tx, occurrence_id)
        ],
        "places": [each.as_json() for each in places.of_occurrence(tx, office, occurrence_id, now)],
        "unreached": list(reach.unreached(tx, office, occurrence_id)),
    }
