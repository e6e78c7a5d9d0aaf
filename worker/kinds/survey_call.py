"""The call to take part in a survey (001:423-427: what people need, or how content they are)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material


class SurveyCall(Kind):
    """Says what is asked and why, where, until when, and what becomes of the answers."""

    id = "survey-call"
    label_key = "inquiries.kind_survey_call"
    channel = "email"
    public = True
    sources = ("occasion",)
    templates = "email/survey-call"
    max_lateness = timedelta(hours=24)
    resend_after_crash = True
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("purpose", "inquiries.field_purpose", markdown=True),
        Field("link", "inquiries.field_survey_link", multiline=False, form="url"),
        Field("until", "inquiries.field_until", multiline=False, form="date"),
        Field("privacy", "inquiries.field_privacy", markdown=True),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A last day that is over when the call arrives."""
        yield from badly_dated(fields, material, "until")
