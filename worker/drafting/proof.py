"""A proof of the templates: every kind laid out on sample data before anybody waits for its draft.

No database is looked at, nothing is inlined and no file is made: what can go wrong in a template comes up without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from worker.drafting.fields import DraftingError, settled
from worker.drafting.loader import BrokenTemplate
from worker.drafting.make import DraftContext, freeze
from worker.drafting.pictures import FOLDER as PICTURES
from worker.drafting.samples import sample_fields
from worker.drafting.templating import Templates
from worker.drafting.variants import variants
from worker.errors import Fault
from worker.forms import all_forms
from worker.kinds import Kind, all_kinds
from worker.kinds.photos import FIELD as PHOTOS
from worker.kinds.photos import shown_photos
from worker.plan.model import Occurrence, Plan
from worker.plan.occurrences import occurrences
from worker.settings import Organisation, Person, Project, load_measures
from worker.sources import gather
from worker.sources.base import (
    CalendarDate,
    Contribution,
    Earlier,
    FeedItem,
    FeedNews,
    Published,
    SilentFeed,
    SmallPhoto,
    SourceContext,
)
from worker.template_folder import TemplateFolder
from worker.times import local_day

SAMPLE = "Ukázka textu"


@dataclass(frozen=True)
class ProofOffice:
    """What drafts of an office need besides its plan; `contact` answers for whatever goes out."""

    organisation: Organisation
    contact: Person
    config: Path
    templates: TemplateFolder
    project: Project | None = None


def template_faults(office: ProofOffice, plan: Plan, now: datetime) -> tuple[Fault, ...]:
    """Each fault of a template once, with its file and line. InvalidFiles when a file of `config` cannot be read.

    Where the office has templates of its own, a kind is laid out for every row that names it and every variant, with
    much to tell and with nothing; else once, to see that the office's data fit the shipped ones. A shipped template
    that does not fit them is no fault as long as the plan names no kind that uses it.
    """
    planned = occurrences(plan)
    dated = [each for each in planned if each.send_at is not None]
    thorough = any(not name.startswith(f"{PICTURES}/") for name in office.templates.own_files())
    named = {kind for activity in plan.activities for kind in activity.kinds}
    found: set[Fault] = set()
    for kind in all_kinds().values():
        occasions = _occasions(kind, plan, dated, office.templates)
        for base, variant in occasions if thorough else islice(occasions, 1):
            contexts = _contexts(office, plan, planned, base, kind, variant, now)
            for context in contexts if thorough else islice(contexts, 1):
                for error in _errors(kind, context):
                    if kind.id in named or _is_own(office, error):
                        found.add(_fault(office, error))
    return tuple(sorted(found))


def _occasions(
    kind: Kind, plan: Plan, dated: Sequence[Occurrence], templates: TemplateFolder
) -> Iterator[tuple[Occurrence, str | None]]:
    """Occurrences to lay the kind out for, with the variant: one per row that names it, else any, and every variant."""
    rows = {each.activity_id: each for each in reversed(dated) if kind.id in each.kinds}
    any_one = next(iter(rows.values()), next(iter(dated), None))
    if any_one is None:
        return
    chosen = [(each, plan.activity(each.activity_id).template) for each in rows.values()]
    named = {variant for _, variant in chosen}
    others = [name for name, kinds in variants(templates).items() if kind.id in kinds and name not in named]
    yield from [*chosen, *((any_one, name) for name in others)]
    if None not in named:
        yield any_one, None


def _contexts(
    office: ProofOffice, plan: Plan, planned: Sequence[Occurrence], base: Occurrence, kind: Kind, variant: str | None,
    now: datetime,
) -> Iterator[DraftContext]:  # fmt: skip
    """What a draft would be made of when there is much to tell, and at an office's first, when nothing was sent yet."""
    occurrence = base if kind.id in base.kinds else replace(base, kinds=(kind.id,))
    activity = replace(plan.activity(base.activity_id), template=variant)
    bare = SourceContext(occurrence, activity, plan, planned, office.config, now, published=lambda since, until: ())
    for context in (_rich(bare), bare):
        yield DraftContext(
            office.organisation, office.contact, occurrence, activity, gather(kind.sources, context), office.templates,
            office.project, page="https://hlasatel.example.org/archiv/ukazka" if context is not bare else "",
        )  # fmt: skip


def _rich(bare: SourceContext) -> SourceContext:
    day = local_day(bare.now)
    published = [Published("ukazka/2026", SAMPLE, kind, bare.now) for kind in all_kinds()]
    texts = {kind.id: {field.id: SAMPLE for field in kind.fields} for kind in all_kinds().values()}
    earlier = Earlier("ukazka/2026", SAMPLE, bare.now, True, texts, dict.fromkeys(texts, SAMPLE), bare.now)
    dates = [
        CalendarDate(day, SAMPLE),
        CalendarDate(day, SAMPLE, SAMPLE, SAMPLE, "https://example.org/", time(10), day + timedelta(days=1)),
    ]
    with_photo = Contribution(SAMPLE, SAMPLE, SAMPLE, True, SAMPLE, SAMPLE, 1)
    sent_in = [with_photo, Contribution(SAMPLE, "", SAMPLE, None, SAMPLE, SAMPLE)]
    written = (
        FeedItem(1, SAMPLE, SAMPLE, SAMPLE, "https://example.org/", bare.now),
        FeedItem(2, SAMPLE, SAMPLE, SAMPLE, "", None),
    )
    news = FeedNews(written, (SilentFeed(SAMPLE, None),), known=1, ever_read=1)
    return replace(
        bare, published=lambda since, until: published, last_sent=bare.now - timedelta(days=365),
        dates=lambda since, until: dates, earlier=lambda occurrence_id: earlier,
        contributions=lambda occurrence_id: sent_in, feed_news=lambda since, until: news,
        small_photo=lambda number: SmallPhoto(b"", 480, 320),
        measures_before=lambda: _other_measures(bare),
    )  # fmt: skip


def _other_measures(context: SourceContext) -> dict[str, object]:
    """A former state of the office's measures in which each stood otherwise, and some were others."""
    day = local_day(context.now - timedelta(days=365)).isoformat()
    states = {measure.id: SAMPLE for measure in load_measures(context.config_dir)[1:]}
    return {"state_from": day, "state": day, "states": {**states, SAMPLE: SAMPLE}}


def _errors(kind: Kind, context: DraftContext) -> Iterator[DraftingError]:
    """What stops the kind's draft: the first error of each of its parts."""
    frozen = freeze(kind, context)
    try:
        templates = Templates(context.templates_dir, kind, frozen["activity"]["template"])
        worded = settled(kind, templates.fields(frozen))
    except DraftingError as error:
        yield error
        return
    given = sample_fields(context.templates_dir.shipped, kind.id)
    fields = {name: text or given.get(name, SAMPLE) for name, text in worded.items()}
    yield from _tried(lambda: templates.subject(fields, frozen))
    yield from _tried(lambda: templates.text(fields, frozen))
    picture = {"address": "cid:ukazka", "width": 1, "height": 1, "alt": SAMPLE}
    frozen |= {"pictures": {"logo": picture, "emblem": picture}}
    pictures = *kind.inline, *(photo.form for photo in shown_photos(fields.get(PHOTOS, ""), frozen["sources"]))
    seen = {**frozen, "images": dict.fromkeys(pictures, "cid:ukazka")}
    yield from _tried(lambda: templates.html(fields, seen))
    for form in map(all_forms().__getitem__, {*kind.forms, *kind.attached, *kind.inline}):
        paper = {**frozen, "paper": form.paper}
        yield from _tried(partial(templates.laid_out, form.template, fields, paper))
        if form.frame:
            yield from _tried(partial(templates.framed, form.frame, SAMPLE, {**frozen, "title": SAMPLE}))


def _tried(lay_out: Callable[[], str]) -> Iterator[DraftingError]:
    try:
        lay_out()
    except DraftingError as error:
        yield error


def _is_own(office: ProofOffice, error: DraftingError) -> bool:
    own = office.templates.own
    return own is not None and isinstance(error, BrokenTemplate) and Path(error.file).is_relative_to(own)


def _fault(office: ProofOffice, error: DraftingError) -> Fault:
    if isinstance(error, BrokenTemplate):
        return Fault(error.file, error.line, 1, error.cause)
    return Fault(str(office.templates.own or office.templates.shipped), 1, 1, str(error))
