"""A test mail to herself: the drafts as their recipients will get them, before anybody decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from worker.approval.cases import Case, Unfinished, case
from worker.messages import say
from worker.notices import queue
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import events
from worker.store.tables import notices

PAUSE = timedelta(minutes=1)
MOST = 10
"""Test mails of one version to one person: whoever keeps pressing the button fills no inbox."""


def ask_for(office: Office, token: str, now: datetime) -> Case:
    """Queue a test mail of every draft that goes out by e-mail, to the address on file of the link's owner.

    Raises NoSuchLink or LinkExpired; Unfinished when there is no mail among the drafts, less than a minute after the
    last one, and once there were ten of this version.
    """
    with office.database.write() as tx:
        current = case(tx, office, Purpose.APPROVE, token, now, lock=True)
        mails = [draft.kind for draft in current.drafts if draft.channel == "email"]
        if not mails:
            raise Unfinished(say("specimen.no_mail"))
        person, package = current.link.person, current.package
        earlier = _asked(tx, person, package.id)
        if len(earlier) >= MOST:
            raise Unfinished(say("specimen.too_many", most=MOST))
        if any(now - PAUSE < at <= now for at in earlier):  # no later than now: a clock that went back bars nobody
            raise Unfinished(say("specimen.too_soon"))
        for kind in mails:
            queue.put(
                tx, f"specimen/{package.id}/{person}/{len(earlier) + 1}/{kind}", "specimen", person, now,
                occurrence_id=current.occurrence.id, package_id=package.id, draft=kind,
            )  # fmt: skip
        events.append(
            tx, "specimen.asked", now, occurrence=current.occurrence.id, person=person, version=package.version
        )
        return current


def _asked(tx: Connection, person: str, package_id: int) -> list[datetime]:
    """When this person asked for test mails of this version; one instant for all drafts asked for together."""
    found = notices.c.kind == "specimen", notices.c.person == person, notices.c.package_id == package_id
    return list(tx.execute(select(notices.c.created_at).where(*found).distinct()).scalars())
