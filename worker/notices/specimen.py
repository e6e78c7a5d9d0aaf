"""A test mail: a draft as its recipients will get it, to somebody who decides about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting.headings import heading, kept
from worker.drafting.letter import Letter
from worker.drafting.packages import load_files
from worker.office import Office
from worker.store.tables import drafts, occurrences, packages


def letter(tx: Connection, office: Office, notice: Row[Any]) -> Letter:
    """The letter of the draft that `notice` names by its kind, dated when it was asked for."""
    wanted = drafts.c.package_id == notice.package_id, drafts.c.kind == notice.data["draft"]
    draft = tx.execute(select(drafts).where(*wanted)).one()
    headings = tx.execute(select(packages.c.headings).where(packages.c.id == notice.package_id)).scalar_one()
    lists = tx.execute(select(occurrences.c.lists).where(occurrences.c.id == notice.occurrence_id)).scalar_one()
    return Letter(
        office=office,
        occurrence_id=notice.occurrence_id,
        heading=kept(headings, draft.kind) or heading(office, draft.kind),
        list_id=lists[0] if lists else "",
        subject=draft.subject,
        html=draft.html,
        text=draft.text,
        date=notice.created_at,
        files=load_files(tx, draft, "inline", "attached"),
    )
