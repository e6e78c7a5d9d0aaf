"""A returned package: a person edits its fields and submits the result as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from worker.approval import ask
from worker.approval.cases import Case, NotNow, Unfinished, case
from worker.drafting import packages
from worker.drafting.make import Rendered, redraft
from worker.kinds import Finding
from worker.messages import office_language, say, speaking
from worker.notices.links import Purpose
from worker.office import Office


class Incomplete(Unfinished):
    """The edited drafts lack something they must not; `findings` by kind."""

    def __init__(self, findings: Mapping[str, tuple[Finding, ...]]) -> None:
        super().__init__(say("approval.incomplete"))
        self.findings = findings


def resubmit(
    office: Office, token: str, fields: Mapping[str, Mapping[str, str]], now: datetime, *, version: int
) -> Case:
    """Render the edited fields (kind → field → text) from the frozen material and ask again.

    Raises NotNow when the package is not returned any more or was edited meanwhile, Incomplete when a required part
    is missing, DraftingError for what no mail can carry; then nothing has changed.
    """
    with office.database.read() as tx:
        current = case(tx, office, Purpose.EDIT, token, now)
    rendered = [
        redraft(draft.kind, {**draft.fields, **fields.get(draft.kind, {})}, draft.material) for draft in current.drafts
    ]
    _refuse_incomplete(rendered)
    with office.database.write() as tx:
        current = case(tx, office, Purpose.EDIT, token, now, lock=True)
        if not current.open:
            raise NotNow(say("approval.not_returned"))
        if current.package.version != version:
            raise NotNow(say("approval.edited_meanwhile"))
        with speaking(office_language()):
            reason = say("approval.edited_by", person=office.person_name(current.link.person))
        package_id = packages.create(
            tx, office, current.occurrence, rendered, now, reason=reason, author=current.link.person
        )
        ask.submit(tx, office, current.occurrence, package_id, now, notice="approval_again")
        return case(tx, office, Purpose.EDIT, token, now)


def _refuse_incomplete(rendered: list[Rendered]) -> None:
    faulty = {
        each.kind: errors
        for each in rendered
        if (errors := tuple(finding for finding in each.findings if finding.level == "error"))
    }
    if faulty:
        raise Incomplete(faulty)
