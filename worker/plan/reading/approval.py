"""The parts of a row that say what it takes to approve it beside its approvers."""

from __future__ import annotations

from dataclasses import dataclass

from worker.messages import say
from worker.plan.model import ApprovalRule, Vocabulary
from worker.plan.reading.fields import Fields
from worker.plan.words.nearest import suggestion


@dataclass(frozen=True)
class Asked:
    """How many approvers it takes, who comments before them, and what must be there besides; as in `Activity`."""

    approval: ApprovalRule
    commenters: tuple[str, ...]
    code: bool
    stories: bool
    project: str | None


def read_approval(row: Fields, vocabulary: Vocabulary) -> Asked:
    """What the row says, with a harmless value beside each recorded fault."""
    return Asked(
        approval=_rule(row),
        commenters=row.ids("commenters", vocabulary.people),
        code=row.flag("code"),
        stories=row.flag("stories"),
        project=_project(row, vocabulary),
    )


def _rule(row: Fields) -> ApprovalRule:
    word, choices = row.text("approval"), [rule.value for rule in ApprovalRule]
    if not word:
        return ApprovalRule.ONE
    if word not in choices:
        row.reject("approval", say("approving.bad_rule", value=word, hint=suggestion(word, choices)))
        return ApprovalRule.ONE
    return ApprovalRule(word)


def _project(row: Fields, vocabulary: Vocabulary) -> str | None:
    name, known = row.text("project"), vocabulary.projects
    if name and known is not None and name not in known:
        hint = suggestion(name, known) if known else say("approving.no_projects")
        row.reject("project", say("approving.unknown_project", value=name, hint=hint))
    return name or None
