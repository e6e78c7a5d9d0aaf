"""The refusal of an occurrence that the database does not have."""

from __future__ import annotations

from sqlalchemy import Connection, select

from worker.errors import HlasatelError
from worker.messages import say
from worker.plan.words.nearest import suggestion
from worker.store.tables import installation, occurrences


def no_such(tx: Connection, occurrence_id: str) -> HlasatelError:
    """What to raise: which one was probably meant, or that nothing has been taken up yet."""
    if not has_started(tx):
        return HlasatelError(say("approval.not_started", occurrence=occurrence_id))
    hint = suggestion(occurrence_id, tx.execute(select(occurrences.c.id)).scalars())
    return HlasatelError(say("cli.no_occurrence", occurrence=occurrence_id, hint=hint))


def has_started(tx: Connection) -> bool:
    """Whether the first start has been."""
    return tx.execute(select(installation.c.first_start_at)).scalar() is not None
