"""What is open: the occurrences that wait, mailings under way or in doubt, and mails that could not be sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.record import holds, places, progress, reach
from worker.store.states import CLOSED_OCCURRENCES, NoticeState, OccurrenceState
from worker.store.tables import (
    decisions,
    installation,
    notices,
    occurrences,
    packages,
    plan_versions,
)
from worker.times import rfc3339

AHEAD = timedelta(days=45)
A_YEAR = timedelta(days=365)
WAITING = (OccurrenceState.ASKED, OccurrenceState.RETURNED, OccurrenceState.MISSED)


def status(tx: Connection, now: datetime) -> dict[str, Any]:
    """The whole as JSON: `hold`, `needs_a_person`, `held`, `coming`, `mailings`, notices that wait, are held or failed.

    `hold` is null when nothing is held, `held` the occurrences that will be put before their approvers anew.
    """
    hold = holds.live(tx)
    first = tx.execute(select(installation.c.first_start_at)).scalar()
    taken_up = tx.execute(
        select(func.max(plan_versions.c.taken_up_at, type_=plan_versions.c.taken_up_at.type))
    ).scalar()
    return {
        "now": rfc3339(now),
        "first_start_at": rfc3339(first) if first else None,
        "plan_taken_up_at": rfc3339(taken_up) if taken_up else None,
        "hold": holds.as_json(hold) if hold else None,
        "needs_a_person": _occurrences(tx, occurrences.c.state.in_(WAITING)),
        "held": held(tx),
        "coming": _occurrences(
            tx,
            and_(
                occurrences.c.state.not_in([*WAITING, OccurrenceState.HELD, *CLOSED_OCCURRENCES]),
                or_(occurrences.c.send_at <= now + AHEAD, occurrences.c.state != OccurrenceState.PLANNED),
            ),
        ),
        "mailings": _mailings(tx, now),
        "waiting_notices": _notices(tx, NoticeState.QUEUED, NoticeState.SENDING),
        "held_notices": _notices(tx, NoticeState.PAUSED),
        "failed_notices": _notices(tx, NoticeState.FAILED),
    }


def beside(tx: Connection, office: Office, now: datetime) -> dict[str, Any]:
    """What waits for a person beside the lists: `places`, and `stopped_media` to which nothing is sent, each with the
    commands that settle it. `unreached` is the key information of a year that did not get to every group.
    """
    return {
        "places": [
            {"occurrence": each.row.occurrence_id} | each.as_json()
            for each in places.wanting_attention(tx, office, now)
        ],
        "stopped_media": [each.as_json() for each in places.stopped(tx, office)],
        "unreached": [
            {"occurrence": each.occurrence_id, "title": each.title, "groups": list(each.unreached)}
            for each in reach.between(tx, office, now - A_YEAR, now)
            if each.unreached
        ],
    }


def held(tx: Connection) -> list[dict[str, Any]]:
    """The occurrences that are held, in the form of `status`."""
    return _occurrences(tx, occurrences.c.state == OccurrenceState.HELD)


def _notices(tx: Connection, *states: NoticeState) -> list[dict[str, Any]]:
    rows = tx.execute(select(notices).where(notices.c.state.in_(states)).order_by(notices.c.id))
    return [
        {"kind": row.kind, "person": row.person, "occurrence": row.occurrence_id, "reply": row.reply} for row in rows
    ]


def _occurrences(tx: Connection, condition: Any) -> list[dict[str, Any]]:
    rows = tx.execute(select(occurrences).where(condition).order_by(occurrences.c.send_at, occurrences.c.id))
    return [
        {
            "id": row.id,
            "title": row.title,
            "state": row.state,
            "send_at": rfc3339(row.send_at) if row.send_at else None,
            "waits_for": waits_for(tx, row),
        }
        for row in rows
    ]


def titles(tx: Connection, ids: Iterable[str]) -> dict[str, str]:
    """What people call the occurrences of `ids`; one that there is not is called by its id."""
    asked = list(ids)
    named = select(occurrences.c.id, occurrences.c.title).where(occurrences.c.id.in_(asked))
    return {each: each for each in asked} | ({row.id: row.title for row in tx.execute(named)} if asked else {})


def waits_for(tx: Connection, row: Row[Any]) -> list[str]:
    """Whoever has a task or approves; while it is asked for, those alone whose approval is still wanted now."""
    if not row.kinds:
        return [row.in_charge]
    if row.state != OccurrenceState.ASKED or row.approval == ApprovalRule.ONE:
        return list(row.approvers)
    held = select(decisions.c.seat).join(packages, packages.c.id == decisions.c.package_id)
    filled = tx.execute(held.where(packages.c.occurrence_id == row.id, decisions.c.live == 1)).scalars().all()
    empty = [each for each in row.approvers if each not in filled]
    return empty[:1] if row.approval == ApprovalRule.IN_ORDER else empty


def _mailings(tx: Connection, now: datetime) -> list[dict[str, Any]]:
    """Mailings that are not done, and done ones with deliveries that a person must settle.

    `goes_on_at` is when one that waits goes on by itself, else null.
    """
    return [
        {
            "occurrence": each.mailing.occurrence_id,
            "kind": each.kind,
            "state": each.mailing.state,
            "cancelled": each.is_cancelled,
            "reason": each.mailing.reason,
            "audience": each.mailing.audience,
            "deliveries": each.counts,
            "goes_on_at": rfc3339(at) if (at := each.goes_on_at(now)) is not None else None,
        }
        for each in progress.wanting_attention(tx)
    ]
