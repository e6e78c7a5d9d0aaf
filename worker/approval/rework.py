"""A returned package: a person edits its fields and submits the result as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import ask
from worker.approval.decide import LinkExpired, NoSuchLink, NotNow, Unfinished, live_decision
from worker.drafting import packages
from worker.drafting.make import Rendered, redraft
from worker.kinds import Finding
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.store.states import OccurrenceState


@dataclass(frozen=True)
class Rework:
    """What an edit link leads to: the current version and who returned it with which words."""

    link: Link
    occurrence: Row[Any]
    package: Row[Any]
    drafts: tuple[Row[Any], ...]
    decision: Row[Any] | None

    @property
    def open(self) -> bool:
        """Whether a new version may be submitted now."""
        return bool(self.occurrence.state == OccurrenceState.RETURNED)


class Incomplete(Unfinished):
    """The edited drafts lack something they must not; `findings` by kind."""

    def __init__(self, findings: Mapping[str, tuple[Finding, ...]]) -> None:
        super().__init__(say("approval.incomplete"))
        self.findings = findings


def rework(tx: Connection, token: str, now: datetime, *, lock: bool = False) -> Rework:
    """What the token leads to, the occurrence held if `lock` is set. Raises NoSuchLink or LinkExpired."""
    link = links.find(tx, Purpose.EDIT, token)
    if link is None:
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = ask.occurrence_of(tx, link, lock=lock)
    if now >= min(link.expires_at or now, ask.deadline(occurrence)):
        raise LinkExpired(say("approval.link_expired"))
    package = packages.latest(tx, link.occurrence_id)
    assert package is not None, "a link without a package"
    return Rework(link, occurrence, package, tuple(packages.drafts_of(tx, package.id)), live_decision(tx, package.id))


def resubmit(
    office: Office, token: str, fields: Mapping[str, Mapping[str, str]], now: datetime, *, version: int
) -> Rework:
    """Render the edited fields (kind → field → text) from the frozen material and ask again.

    Raises NotNow when the package is not returned any more or was edited meanwhile, Incomplete when a required part
    is missing, DraftingError for what no mail can carry; then nothing has changed.
    """
    with office.database.read() as tx:
        current = rework(tx, token, now)
    rendered = [
        redraft(draft.kind, {**draft.fields, **fields.get(draft.kind, {})}, draft.material) for draft in current.drafts
    ]
    _refuse_incomplete(rendered)
    with office.database.write() as tx:
        current = rework(tx, token, now, lock=True)
        if not current.open:
            raise NotNow(say("approval.not_returned"))
        if current.package.version != version:
            raise NotNow(say("approval.edited_meanwhile"))
        reason = say("approval.edited_by", person=office.person_name(current.link.person))
        package_id = packages.create(
            tx, office, current.occurrence, rendered, now, reason=reason, author=current.link.person
        )
        ask.submit(tx, office, current.occurrence, package_id, now, notice="approval_again")
        return rework(tx, token, now)


def _refuse_incomplete(rendered: list[Rendered]) -> None:
    faulty = {
        each.kind: errors
        for each in rendered
        if (errors := tuple(finding for finding in each.findings if finding.level == "error"))
    }
    if faulty:
        raise Incomplete(faulty)
