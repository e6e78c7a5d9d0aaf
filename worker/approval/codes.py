"""The one-time code that chosen activities ask for beside the link: whoever approves must read her mail once more.

`code: true` of an activity asks for it. It guards an approval and an approver's own edit; a return needs none.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from worker.approval.cases import Case
from worker.messages import say
from worker.notices import codes, queue
from worker.notices.codes import LASTS, Outcome
from worker.office import Office
from worker.record import events
from worker.store.states import NoticeState
from worker.store.tables import notices

MOST_AN_HOUR = 6
"""Codes mailed to one person: whoever keeps pressing the button fills no inbox and gets no more than 30 tries."""

ONE_IN = timedelta(minutes=1)


def ask_for(tx: Connection, office: Office, case: Case, now: datetime) -> bool:
    """Queue the mail with a code to the link's owner, at the address on file.

    One a minute while that one is good; whoever used hers up gets another at once. False when six have gone within the
    hour. Nothing happens where no code is needed or nothing waits for a decision. The caller holds the occurrence.
    """
    if not case.occurrence.code or not case.open:
        return True
    person, package_id = case.link.person, case.package.id
    last = asked_at(tx, case, now)
    if last is not None and last > now - ONE_IN:
        return True
    # No later than now: after the clock went back, mails of the time undone do not count.
    hour = notices.c.created_at.between(now - timedelta(hours=1), now)
    lately = (notices.c.kind == "code", notices.c.person == person, hour)
    if (tx.execute(select(func.count()).where(*lately)).scalar() or 0) >= MOST_AN_HOUR:
        return False
    before = select(func.count()).where(notices.c.kind == "code", _hers(case))
    number = tx.execute(before).scalar_one() + 1
    queue.put(
        tx, f"code/{package_id}/{person}/{number}", "code", person, now,
        occurrence_id=case.occurrence.id, package_id=package_id,
    )  # fmt: skip
    events.append(tx, "code.asked", now, occurrence=case.occurrence.id, person=person, version=case.package.version)
    return True


def asked_at(tx: Connection, case: Case, now: datetime) -> datetime | None:
    """When the link's owner last asked for a code that is still good or on its way; None when there is none."""
    on_its_way = notices.c.state.in_((NoticeState.QUEUED, NoticeState.SENDING))
    found = select(func.max(notices.c.created_at)).where(
        notices.c.kind == "code", _hers(case), notices.c.created_at.between(now - LASTS, now)
    )
    if not codes.any_live(tx, case.link.person, case.package.id, now):
        found = found.where(on_its_way)
    asked: datetime | None = tx.execute(found).scalar()
    return asked


def _hers(case: Case) -> ColumnElement[bool]:
    return and_(notices.c.person == case.link.person, notices.c.package_id == case.package.id)


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
