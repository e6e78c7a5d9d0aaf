"""Gathers what an occurrence's kinds need from the sources and drafts its whole package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from worker.agenda.dates import taken_between
from worker.drafting import translations
from worker.drafting.make import DraftContext, Rendered, draft
from worker.drafting.public_page import public_address
from worker.drafting.small_photos import small_photo
from worker.feeds.newest import news
from worker.kinds import all_kinds
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
        wanted = {source for kind in occurrence.kinds for source in all_kinds()[kind].sources}
        material = gather(sorted(wanted), context)
    contact = office.person(office.settings.mail_of(occurrence.kinds[0]).reply_to)
    frame = DraftContext(office.settings.organisation, contact, occurrence, activity, material, office.templates)
    frame = replace(frame, page=public_address(office.settings.base_url, occurrence.id))
    if activity.project is not None:
        frame = replace(frame, project=office.projects.get(activity.project))
    return [draft(kind, frame) for kind in occurrence.kinds]
