"""An occurrence as a later one may need it: its day, and what was written for it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from worker.record import events
from worker.sources.base import Earlier
from worker.store.tables import drafts, mailings, occurrences, packages


def earlier(tx: Connection, occurrence_id: str) -> Earlier | None:
    """Its texts are those of its newest version, whether that was approved or not; None for one that is not there."""
    row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).first()
    if row is None:
        return None
    newest = select(func.max(packages.c.id)).where(packages.c.occurrence_id == occurrence_id).scalar_subquery()
    written = tx.execute(select(drafts).where(drafts.c.package_id == newest).order_by(drafts.c.position)).all()
    begun = select(func.min(mailings.c.frozen_at, type_=mailings.c.frozen_at.type))
    return Earlier(
        occurrence_id=row.id,
        title=row.title,
        send_at=row.send_at,
        settled=not row.assumed or _was_chosen(tx, occurrence_id),
        fields={draft.kind: dict(draft.fields) for draft in written},
        subjects={draft.kind: draft.subject for draft in written},
        sent_at=tx.execute(begun.where(mailings.c.occurrence_id == occurrence_id)).scalar(),
    )


def _was_chosen(tx: Connection, occurrence_id: str) -> bool:
    """Whether a person moved it to the day it has."""
    return any(each.kind == "choice.moved" for each in events.of_occurrence(tx, occurrence_id))
