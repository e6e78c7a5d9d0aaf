"""The result of a survey, told to those who were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import EMBARGO_FIELD, Field, Finding, Material
from worker.messages import say


class SurveyResult(Kind):
    """What people answered, how many of them, and what the office does with it."""

    id = "survey-result"
    label_key = "inquiries.kind_survey_result"
    channel = "email"
    public = True
    sources = ("occasion",)
    templates = "email/survey-result"
    max_lateness = timedelta(hours=24)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("answered", "inquiries.field_answered", multiline=False),
        Field("result", "inquiries.field_result", markdown=True),
        Field("following", "inquiries.field_following", markdown=True),
        Field("link", "inquiries.field_final_link", multiline=False, required=False, form="url"),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A result says nothing without how many people gave it."""
        answered = fields.get("answered", "")
        if answered.strip() and not any(char.isdecimal() for char in answered):
            yield Finding("warning", "no-number", say("inquiries.no_number"))
