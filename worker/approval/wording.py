"""What a person writes into the texts of a package, made into drafts: to look at, or to be kept as a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from worker.approval.cases import Case, NotNow, Unfinished
from worker.drafting.make import Rendered, redated
from worker.kinds import Finding
from worker.messages import say
from worker.office import Office
from worker.times import local_day

Fields = Mapping[str, Mapping[str, str]]
"""Kind → field → text; what is left out stays as it was."""


class Incomplete(Unfinished):
    """The edited drafts lack something they must not; `findings` by kind."""

    def __init__(self, findings: Mapping[str, tuple[Finding, ...]]) -> None:
        super().__init__(say("approval.incomplete"))
        self.findings = findings


def reworded(office: Office, current: Case, fields: Fields) -> list[Rendered]:
    """Every draft of the current version with what a person wrote, from the frozen material.

    Raises Incomplete when a required part is missing, DraftingError for what no mail can carry.
    """
    made = [_made(office, current, draft, fields.get(draft.kind, {})) for draft in current.drafts]
    faulty = {each.kind: errors for each in made if (errors := _errors(each))}
    if faulty:
        raise Incomplete(faulty)
    return made


def preview(office: Office, current: Case, kind: str, fields: Mapping[str, str]) -> Rendered:
    """One draft as it would be with these `fields`, with what the checks find; nothing is kept of it.

    Raises NotNow when the package has no such draft, DraftingError for what no mail can carry.
    """
    draft = next((each for each in current.drafts if each.kind == kind), None)
    if draft is None:
        raise NotNow(say("editing.no_draft"))
    return _made(office, current, draft, fields)


def same(rendered: Sequence[Rendered], drafts: Sequence[Row[Any]]) -> bool:
    """Whether what would go out is what the drafts hold already."""
    return [each.digest for each in rendered] == [draft.digest for draft in drafts]


def _made(office: Office, current: Case, draft: Row[Any], fields: Mapping[str, str]) -> Rendered:
    """For the day it is to be sent on now, and for the project the plan names now: either may have changed since."""
    day = local_day(current.occurrence.send_at)
    texts = {**draft.fields, **fields}
    material, named = draft.material, current.occurrence.project
    if named is None or named in office.projects:
        material = {**material, "project": office.projects[named].model_dump(mode="json") if named else None}
    return redated(draft.kind, texts, material, day, edited=True, templates_dir=office.templates)


def _errors(rendered: Rendered) -> tuple[Finding, ...]:
    return tuple(finding for finding in rendered.findings if finding.level == "error")
