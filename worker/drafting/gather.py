"""Gathers what an occurrence's kinds need from the sources and drafts its whole package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from worker.agenda.dates import taken_between
from worker.drafting import translations
from worker.drafting.make import DraftContext, Rendered, draft
from worker.drafting.public_page import public_address
from worker.drafting.small_photos import small_photo
from worker.feeds.newest import news
from worker.kinds import Kind, find
from worker.office import Office
from worker.plan.model import Occurrence, Plan
from worker.record import contributions
from worker.record.earlier import earlier, measures_before
from worker.record.published import last_sent, published_between
from worker.sources import gather
from worker.sources.base import SourceContext


def draft_package(
    office: Office, plan: Plan, planned: Sequence[Occurrence], occurrence: Occurrence, now: datetime
) -> list[Rendered]:
    """Every draft of `occurrence`, in the order its activity names the kinds.

    Each source is read once however many kinds use it. Raises DraftingError or InvalidFiles with what to do.
    """
    activity = plan.activity(occurrence.activity_id)
    language = next(iter(translations.languages(office, activity.contributors)), None)
    with office.database.read() as tx:
        context = SourceContext(
            occurrence=occurrence,
            activity=activity,
            plan=plan,
            plan_occurrences=planned,
            config_dir=office.settings.config,
            now=now,
            published=partial(published_between, tx),
            last_sent=last_sent(tx, activity.id),
            dates=partial(taken_between, tx),
            contributions=partial(contributions.for_drafts, tx, office),
            small_photo=partial(small_photo, tx),
            translated_into=language,
            translated_kind=translations.kind_of(occurrence.kinds) if language else None,
            earlier=partial(earlier, tx),
            measures_before=partial(measures_before, tx, activity.id),
            feed_news=partial(news, tx, office.feeds, activity.id, occurrence.id),
        )
        kinds = [kind for each in occurrence.kinds if (kind := find(each)) is not None]
        wanted = {source for kind in kinds for source in kind.sources}
        material = gather(sorted(wanted), context)
    contact = office.person(office.settings.mail_of(occurrence.kinds[0]).reply_to)
    frame = DraftContext(office.settings.organisation, contact, occurrence, activity, material, office.templates)
    frame = replace(frame, page=public_address(office.settings.base_url, occurrence.id))
    if activity.project is not None:
        frame = replace(frame, project=office.projects.get(activity.project))
    return list(_drafts(office, kinds, frame))


def _drafts(office: Office, kinds: Sequence[Kind], frame: DraftContext) -> Iterator[Rendered]:
    """The common drafts tell which bodies have none of their own, because nothing of theirs was included."""
    names = {kind.id: office.person_name(kind.body) for kind in kinds if kind.body}
    own = {kind_id: _of_body(frame, name) for kind_id, name in names.items()}
    silent = tuple(names[kind_id] for kind_id, context in own.items() if context is None)
    for kind in kinds:
        context = own[kind.id] if kind.body else replace(frame, without=silent if kind.for_each else ())
        if context is not None:
            yield draft(kind.id, context)


def _of_body(frame: DraftContext, name: str) -> DraftContext | None:
    """What a body's own draft is made of: of all that was sent in, what is its own; None when that is nothing."""
    sent = frame.material["contributions"]
    items = [each for each in sent["items"] if each["who"] == name]
    material = {**frame.material, "contributions": {**sent, "items": items}}
    return replace(frame, body=name, material=material) if items else None
