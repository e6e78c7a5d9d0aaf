"""Whether what was asked for or approved is still what would go out, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting import checks, packages
from worker.drafting.fields import DraftingError
from worker.drafting.headings import headings
from worker.drafting.places import places
from worker.messages import office_language, say, speaking
from worker.office import Office
from worker.store.states import OccurrenceState
from worker.times import format_instant


def what_changed(tx: Connection, office: Office, occurrence: Row[Any]) -> str | None:
    """Why the newest version is not what would go out any more, in a sentence for the approver; None when it is.

    It is kept with the version that is then made, so it is said in the office's language. Cheap enough for every
    round: nothing is rendered unless a template changed.
    """
    package = packages.latest(tx, occurrence.id)
    if package is None:
        return None
    with speaking(office_language()):
        if occurrence.send_at != package.send_at:
            old, new = format_instant(package.send_at), format_instant(occurrence.send_at)
            return say("approval.moved_send_time", old=old, new=new)
        if _whose(occurrence) != _whose(package):
            return say("approval.changed_approvers")
        if office.list_definitions(occurrence.lists, occurrence.topics) != package.lists:
            return say("approval.changed_lists")
        if headings(office, list(package.headings)) != package.headings:
            return say("validity.changed_headings")
        drafts = packages.drafts_of(tx, package.id)
        if places(office, occurrence, [draft.kind for draft in drafts]) != package.places:
            return say("publishing.changed_places")
        if not packages.is_whole(package, drafts):
            return say("validity.damaged")
        if _templates_changed(tx, office, occurrence, drafts):
            return say("validity.changed_templates")
        if occurrence.state == OccurrenceState.APPROVED and _faults(tx, office, occurrence, drafts):
            return say("validity.checks_fail")
    return None


def _whose(asked: Row[Any]) -> tuple[str, list[str]]:
    """By which rule and by whom it is decided; their order is part of it where each waits for the one before."""
    people = list(asked.approvers)
    return asked.approval, people if asked.approval == "in-order" else sorted(people)


def _faults(tx: Connection, office: Office, occurrence: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Whether it could not be approved today: the plan or a consent may have changed since."""
    found = checks.found(tx, office, occurrence, drafts, occurrence.send_at)
    return any(check.level == "error" for check in found)


def _templates_changed(tx: Connection, office: Office, occurrence: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Also when the new ones are broken: what was approved with the old ones is not sent by chance."""
    others = [draft for draft in drafts if packages.has_other_templates(office, draft)]
    if not others:
        return False
    worded = packages.worded_by_people(tx, occurrence.id)
    try:
        return any(packages.comes_out_differently(office, draft, worded=worded) for draft in others)
    except DraftingError:
        return True
