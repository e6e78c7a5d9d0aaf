"""Followers of a base whose day has changed without an edit of the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from worker.office import Office
from worker.plan.model import Plan
from worker.planning.changes import Change, What, changes
from worker.planning.take_up import TakenUp, apply
from worker.store import tables


def follow(tx: Connection, office: Office, plan: Plan, now: datetime) -> int:
    """Move what counts its day from another occurrence and is not being sent yet, and drop what has lost it; how many.

    A time that a person chose for the follower itself stays, and nothing moves to a time that is over already: an
    early base would make a follower before it missed at once. `plan` is the one in force.
    """
    tx.execute(select(tables.occurrences.c.id).order_by(tables.occurrences.c.id).with_for_update())
    result = TakenUp()
    found = [change for change in changes(tx, plan, now) if _follows(change)]
    apply(tx, office, [_following(change, now) for change in found], now, result)
    return result.changed + result.removed


def _follows(change: Change) -> bool:
    """Whether it comes from a base: nothing else may change between two edits."""
    if change.row is None or (change.row.anchored_to is None and change.values.get("anchored_to") is None):
        return False
    return change.what in (What.DROPPED, What.GONE) or (
        change.what is What.CHANGED and "planned_send_at" in change.values
    )


def _following(change: Change, now: datetime) -> Change:
    if change.what is not What.CHANGED:
        return change
    assert change.row is not None
    send_at, chosen = change.values.get("send_at"), change.row.send_at != change.row.planned_send_at
    if send_at is None or (send_at > now and not chosen):
        return change
    noted = {"planned_send_at": change.values["planned_send_at"]}
    return replace(change, what=What.NOTED, values=noted)
