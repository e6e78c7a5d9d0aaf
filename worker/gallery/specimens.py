"""One whole draft of every kind: from the real plan where that drafts the kind, else from the plan's next occurrence.

What the templates leave to a person gets the kind's sample words, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from worker.drafting.fields import DraftingError
from worker.drafting.gather import draft_package
from worker.drafting.make import Rendered, redraft
from worker.drafting.samples import sample_fields
from worker.errors import HlasatelError
from worker.kinds import Kind, all_kinds
from worker.messages import say
from worker.office import Office
from worker.plan.model import Occurrence, Plan
from worker.plan.occurrences import occurrences as occurrences_of


@dataclass(frozen=True)
class Specimen:
    """`draft` is None where none could be made, and `problem` says why. `sampled` are labels of parts with samples.

    `occurrence` is the id of what it was drafted for; `planned`, whether the plan itself drafts the kind there.
    """

    kind: Kind
    occurrence: str
    planned: bool
    draft: Rendered | None
    sampled: tuple[str, ...] = ()
    problem: str = ""


def specimens(office: Office, plan: Plan, now: datetime) -> Iterator[Specimen]:
    """A specimen of every kind, those that the plan names first. HlasatelError when the plan has no dated row."""
    planned = occurrences_of(plan)
    dated = [each for each in planned if each.send_at is not None and each.dropped is None]
    ahead = [each for each in dated if each.send_at is not None and each.send_at > now] or dated[::-1]
    if not ahead:
        raise HlasatelError(say("gallery.no_occurrence"))
    # One that is mailed and counts from no other: what only an occasion knows then shows its sample words.
    usual = next((each for each in ahead if each.kinds and each.lists and each.anchored_to is None), ahead[0])
    kinds = all_kinds()
    named = [kind for activity in plan.activities for kind in activity.kinds if kind in kinds]
    for kind_id in dict.fromkeys([*named, *sorted(kinds)]):
        chosen = next((each for each in ahead if kind_id in each.kinds), None)
        base = chosen or replace(usual, kinds=(kind_id,))
        yield _specimen(office, plan, planned, base, kinds[kind_id], now, planned=chosen is not None)


def _specimen(
    office: Office, plan: Plan, all_planned: Sequence[Occurrence], base: Occurrence, kind: Kind, now: datetime,
    *, planned: bool,
) -> Specimen:  # fmt: skip
    try:
        drafts = draft_package(office, plan, all_planned, base, now)
        made = next(each for each in drafts if each.kind == kind.id)
        samples = sample_fields(office.templates.shipped, kind.id)
        given = {name: text for name, text in samples.items() if not made.fields[name]}
        if given:
            made = redraft(kind.id, {**made.fields, **given}, made.material, office.templates)
    except DraftingError as error:
        return Specimen(kind, base.id, planned, None, problem=str(error))
    labels = tuple(say(field.label_key) for field in kind.fields if field.id in given)
    return Specimen(kind, base.id, planned, made, sampled=labels)
