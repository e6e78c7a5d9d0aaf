"""What a row says of its approval that was probably not meant: told by `check`, refused by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from worker.messages import say
from worker.plan.model import Activity, ApprovalRule, Occurrence
from worker.plan.names import Names, named
from worker.plan.stages import comments_end, stages
from worker.plan.words.rules import describe_lead
from worker.times import add_working_days, format_day, local_day

LEAST_ROUND = 2
"""Working days that people who comment should have: our choice."""

MOST_LISTED = 6
"""Occurrences that one warning names; of more it says how many."""


def doubts(activity: Activity, sent: Iterable[Occurrence], today: date, names: Names) -> Iterator[str]:
    """A sentence for each; `sent` are its occurrences that have a send time, those before `today` are history."""
    if activity.is_task:
        if unused := [key for key, is_set in _besides(activity) if is_set]:
            yield say("approving.nothing_to_approve", id=activity.id, keys=", ".join(unused))
        return
    if activity.approval is not ApprovalRule.ONE and len(activity.approvers) == 1:
        yield say("approving.rule_for_one", id=activity.id, rule=activity.approval.value)
    if both := [person for person in activity.commenters if person in activity.approvers]:
        yield say("approving.comments_and_approves", id=activity.id, people=named(both, names.people))
    if not activity.commenters:
        return
    ahead = [(each, each.send_at) for each in sent if each.send_at and local_day(each.send_at) >= today]
    if any(comments_end(at, activity.lead) != activity.lead.comment for _, at in ahead):
        yield say("approving.round_ends_with_asking", id=activity.id, ask=describe_lead(activity.lead.ask))
    if places := list(_short_rounds(activity, ahead)):
        yield say("approving.short_round", id=activity.id, places=listed(places))


def listed(places: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    shown = "; ".join(places[:MOST_LISTED])
    return shown if len(places) <= MOST_LISTED else say("warnings.more", shown=shown, count=len(places) - MOST_LISTED)


def _besides(activity: Activity) -> Iterator[tuple[str, bool]]:
    """Each key that speaks of an approval alone, and whether it is set.

    Approvers may stand there for later, and whoever gets the task is told of the project.
    """
    yield "approval", activity.approval is not ApprovalRule.ONE
    yield "commenters", bool(activity.commenters)
    yield "code", activity.code
    yield "stories", activity.stories


def _short_rounds(activity: Activity, ahead: Iterable[tuple[Occurrence, datetime]]) -> Iterator[str]:
    for occurrence, send_at in ahead:
        found = stages(send_at, activity.lead, timedelta())
        if not _is_long_enough(found.draft_at, found.comment_at):
            yield say("warnings.place", id=occurrence.id, day=format_day(local_day(send_at)))


def _is_long_enough(begins: datetime, ends: datetime) -> bool:
    return local_day(ends) >= add_working_days(local_day(begins), LEAST_ROUND)
