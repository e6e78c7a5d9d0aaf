"""A post that a page will never take as it is goes back: without the part it did not take, alone, for that page alone.

It becomes an occurrence of its own, because the one it belongs to has gone out everywhere else. Whoever approved it
decides again, by the same rule and on the same pages, and may put another link or picture in herself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.approval import ask
from worker.drafting import packages
from worker.drafting.make import redated
from worker.errors import HlasatelError
from worker.messages import office_language, say, speaking
from worker.office import Office
from worker.planning import ad_hoc
from worker.planning.current import plan_in_force
from worker.record import events
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.store.tables import drafts, occurrences
from worker.times import local_day


def ask_without(tx: Connection, office: Office, publication: Row[Any], part: str, why: str, now: datetime) -> str:
    """Put its text before its approvers once more without `part`, for its medium alone; the id of what was made.

    `why` is what the page said. HlasatelError where the plan has no row for it any more, or no such day.
    """
    draft = tx.execute(select(drafts).where(drafts.c.id == publication.draft_id)).one()
    refused, fields = draft.fields.get(part, ""), draft.fields | {part: ""}
    with tx.begin_nested(), speaking(office_language()):
        original = tx.execute(select(occurrences).where(occurrences.c.id == publication.occurrence_id)).one()
        plan = plan_in_force(tx, office)
        activity = ad_hoc.row_for(plan, draft.kind, original.activity)
        made = ad_hoc.make(
            tx, plan, activity, draft.kind, now, send_at=ad_hoc.usual_time(activity, now),
            called=say("publishing.anew_title", title=original.title)[: ad_hoc.LONGEST_TITLE],
        )  # fmt: skip
        tx.execute(update(occurrences).where(occurrences.c.id == made).values(channels=[publication.medium], lists=[]))
        row = lock_occurrence(tx, made)
        assert row is not None
        day = local_day(row.send_at)
        rendered = redated(draft.kind, fields, draft.material, day, edited=True, templates_dir=office.templates)
        move_occurrence(tx, made, OccurrenceState.PLANNED, OccurrenceState.PREPARING, now)
        reason = say("publishing.anew_reason", why=why, refused=refused)
        package_id = packages.create(tx, office, row, [rendered], now, reason=reason, author=None)
        preparing = lock_occurrence(tx, made)
        assert preparing is not None
        ask.submit(tx, office, preparing, package_id, now, notice="approval_again")
        events.append(
            tx, "publication.asked_anew", now, occurrence=original.id, medium=publication.medium, successor=made,
            reason=why,
        )  # fmt: skip
    return made


def told(tx: Connection, office: Office, publication: Row[Any], part: str, why: str, now: datetime) -> tuple[str, str]:
    """Do so where it can be done; the kind of notice that tells the coordinator what became of it, and its reason."""
    try:
        made = ask_without(tx, office, publication, part, why, now)
    except HlasatelError:
        return "publication_failed", say("publishing.by_hand_then", why=why)
    return "publication_anew", say("publishing.asked_anew", why=why, occurrence=made)
