"""Whether what was asked for or approved is still what would go out, and if not, why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting import packages
from worker.messages import say
from worker.office import Office
from worker.times import format_instant


def what_changed(tx: Connection, office: Office, occurrence: Row[Any]) -> str | None:
    """Why the newest version is not what would go out any more, in a sentence for the approver; None when it is."""
    package = packages.latest(tx, occurrence.id)
    if package is None:
        return None
    if occurrence.send_at != package.send_at:
        old, new = format_instant(package.send_at), format_instant(occurrence.send_at)
        return say("approval.moved_send_time", old=old, new=new)
    if _whose(occurrence) != _whose(package):
        return say("approval.changed_approvers")
    if office.list_definitions(occurrence.lists) != package.lists:
        return say("approval.changed_lists")
    if packages.digest_now(tx, office, occurrence, package) != package.digest:
        return say("approval.changed_drafts")
    return None


def _whose(asked: Row[Any]) -> tuple[str, list[str]]:
    """By which rule and by whom it is decided; their order is part of it where each waits for the one before."""
    people = list(asked.approvers)
    return asked.approval, people if asked.approval == "in-order" else sorted(people)
