"""The one-time code that chosen activities ask for beside the link: whoever approves must read her mail once more.

`code: true` of an activity asks for it. It guards an approval and an approver's own edit; a return needs none.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from worker.approval.cases import Case
from worker.messages import say
from worker.notices import codes, queue
from worker.notices.codes import LASTS, Outcome
from worker.office import Office
from worker.record import events
from worker.store.tables import notices

MOST_AN_HOUR = 6
"""Codes mailed to one person: whoever keeps pressing the button fills no inbox and gets no more than 30 tries."""


def ask_for(tx: Connection, office: Office, case: Case, now: datetime) -> bool:
    """Queue the mail with a code to the link's owner, at the address on file; one a minute.

    False when six have gone within the hour. Nothing happens where no code is needed or nothing waits for a decision.
    """
    if not case.occurrence.code or not case.open:
        return True
    person, package_id = case.link.person, case.package.id
    # No later than now: after the clock went back, mails of the time undone do not count.
    hour = notices.c.created_at.between(now - timedelta(hours=1), now)
    lately = (notices.c.kind == "code", notices.c.person == person, hour)
    if (tx.execute(select(func.count()).where(*lately)).scalar() or 0) >= MOST_AN_HOUR:
        return False
    asked = queue.put(
        tx, f"code/{package_id}/{person}/{now:%Y-%m-%dT%H:%M}", "code", person, now,
        occurrence_id=case.occurrence.id, package_id=package_id,
    )  # fmt: skip
    if asked:
        events.append(tx, "code.asked", now, occurrence=case.occurrence.id, person=person, version=case.package.version)
    return True


def asked_at(tx: Connection, case: Case, now: datetime) -> datetime | None:
    """When the link's owner last asked for a code that may still be good; None when there is none."""
    found = select(func.max(notices.c.created_at)).where(
        notices.c.kind == "code",
        notices.c.person == case.link.person,
        notices.c.package_id == case.package.id,
        notices.c.created_at.between(now - LASTS, now),
    )
    asked: datetime | None = tx.execute(found).scalar()
    return asked


def check(tx: Connection, office: Office, case: Case, code: str, now: datetime) -> str:
    """Why the code does not open this decision, '' when it does; a right one is used up, a wrong try is counted.

    The caller holds the occurrence and **commits in both cases**, raising Unfinished with the sentence afterwards: a
    try that was rolled back would be one too many.
    """
    if not case.occurrence.code:
        return ""
    digits = re.sub(r"\s", "", code)
    if not digits:
        return say("codes.missing")
    outcome, left = codes.use(tx, office.settings.secret_keys, case.link.person, case.package.id, digits, now)
    if outcome is Outcome.RIGHT:
        return ""
    events.append(
        tx, "code.failed", now, occurrence=case.occurrence.id, person=case.link.person, version=case.package.version
    )
    if outcome is Outcome.WRONG and left:
        return say("codes.wrong", left=left)
    return say("codes.over", minutes=int(LASTS.total_seconds() // 60), tries=codes.MOST_TRIES)
