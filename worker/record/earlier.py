"""An occurrence as a later one may need it: its day, and what was written for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from worker.record import embargoes, events
from worker.sources.base import Earlier
from worker.store.states import MailingState
from worker.store.tables import drafts, mailings, occurrences, packages

_MOST_LOOKED_AT = 10
"""Mailings of an activity, newest first: one package has a few, and what tells of no measures may lie between."""


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
        embargo=embargoes.of(draft.fields for draft in written),
    )


def measures_before(tx: Connection, activity: str) -> dict[str, Any] | None:
    """The state of the measures that readers of `activity` were last told of: the material of its latest mailing to
    somebody whose kind tells of them. None when there is none.
    """
    told = (
        select(drafts.c.material)
        .join(mailings, mailings.c.draft_id == drafts.c.id)
        .join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
        .where(occurrences.c.activity == activity, mailings.c.state == MailingState.DONE, mailings.c.audience > 0)
        .order_by(mailings.c.frozen_at.desc(), mailings.c.id.desc())
    )
    for material in tx.execute(told.limit(_MOST_LOOKED_AT)).scalars():
        found: dict[str, Any] | None = material.get("sources", {}).get("measures")
        if found is not None:
            return found
    return None


def _was_chosen(tx: Connection, occurrence_id: str) -> bool:
    """Whether a person moved it to the day it has."""
    return any(each.kind == "choice.moved" for each in events.of_occurrence(tx, occurrence_id))
