"""The reminder of a survey, a few days before its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material


class SurveyReminder(Kind):
    """Takes its facts from the call that its day is counted from; it cannot know who has answered already."""

    id = "survey-reminder"
    label_key = "inquiries.kind_survey_reminder"
    channel = "email"
    sources = ("occasion",)
    templates = "email/survey-reminder"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("link", "inquiries.field_survey_link", multiline=False, form="url"),
        Field("until", "inquiries.field_until", multiline=False, form="date"),
        Field("privacy", "inquiries.field_privacy", markdown=True),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A last day that is over when the reminder arrives."""
        yield from badly_dated(fields, material, "until")
