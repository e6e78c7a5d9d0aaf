"""Material for tests of drafts: the shipped plan and configuration, an empty database, no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from worker.drafting.make import DEFAULT_TEMPLATES, DraftContext, Rendered, draft
from worker.kinds import all_kinds
from worker.plan.model import Occurrence, Plan, Vocabulary
from worker.plan.occurrences import occurrences
from worker.plan.reading.load import load_plan
from worker.settings import Organisation, Person, load_lists, load_people, load_settings
from worker.sources import Published, SourceContext, gather
from worker.template_folder import TemplateFolder

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"

PRESS = "tiskova-zprava/2026-12"
NEWSLETTER = "newsletter/2026"
DRAFTED_BEFORE = timedelta(days=11)


@cache
def plan() -> Plan:
    """The region's plan as shipped."""
    known = Vocabulary(frozenset(all_kinds()), frozenset(load_lists(CONFIG)), frozenset(people()))
    return load_plan(ROOT / "schedules.yaml", known)


@cache
def people() -> dict[str, Person]:
    return load_people(CONFIG)


@cache
def organisation() -> Organisation:
    return load_settings({}, config=CONFIG).organisation


def occurrence(occurrence_id: str) -> Occurrence:
    """One of the plan's occurrences; StopIteration for an id it does not have."""
    return next(each for each in occurrences(plan()) if each.id == occurrence_id)


def sources_context(
    occurrence_id: str, published: Sequence[Published] = (), last_sent: datetime | None = None
) -> SourceContext:
    """What sources read eleven days before the send time."""
    of = occurrence(occurrence_id)
    assert of.send_at is not None
    return SourceContext(
        occurrence=of,
        activity=plan().activity(of.activity_id),
        plan=plan(),
        plan_occurrences=occurrences(plan()),
        config_dir=CONFIG,
        now=of.send_at - DRAFTED_BEFORE,
        published=lambda since, until: [each for each in published if since <= each.sent_at < until],
        last_sent=last_sent,
    )


def context(
    kind: str,
    occurrence_id: str,
    published: Sequence[Published] = (),
    last_sent: datetime | None = None,
    templates_dir: TemplateFolder = DEFAULT_TEMPLATES,
) -> DraftContext:
    """What a draft of `kind` is made of."""
    of = sources_context(occurrence_id, published, last_sent)
    return DraftContext(
        organisation=organisation(),
        contact=people()["koordinator" if of.activity.id == "newsletter" else "tiskovy-mluvci"],
        occurrence=of.occurrence,
        activity=of.activity,
        material=gather(all_kinds()[kind].sources, of),
        templates_dir=templates_dir,
    )


def press_release() -> Rendered:
    """The December press release of 2026."""
    return draft("press-release", context("press-release", PRESS))


def newsletter(published: Sequence[Published] = (), last_sent: datetime | None = None) -> Rendered:
    """The newsletter of 2026."""
    return draft("newsletter", context("newsletter", NEWSLETTER, published, last_sent))
